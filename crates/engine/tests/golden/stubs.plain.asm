; switch
    0  endbr64
    4  push rbp
    5  push rbx
    6  push r12
    8  push r13
    a  push r14
    c  push r15
    e  mov r15,rdi
   11  mov [r15+10h],rsp
   18  mov rsp,[r15+18h]
   1f  cmp dword ptr [r15+50h],0
   2a  je 33
   30  vzeroupper
   33  pop r11
   35  jmp r11
   38  int3
   39  mov [r15+38h],r14
   40  mov [r15+18h],rsp
   47  mov rsp,[r15+10h]
   4e  pop r15
   50  pop r14
   52  pop r13
   54  pop r12
   56  pop rbx
   57  pop rbp
   58  ret
   59  int3
   5a  push rax
   5c  push rcx
   5e  push rdx
   60  push rbx
   62  push rbp
   64  push rsi
   66  push rdi
   68  push r8
   6a  push r9
   6c  push r10
   6e  push r11
   70  push r12
   72  push r13
   74  push r14
   76  mov rax,[rsp+70h]
   7e  mov [r15+28h],rax
   85  mov dword ptr [r15+20h],2
   90  cmp dword ptr [r15+50h],0
   9b  jne c8
   a1  call 39
   a6  endbr64
   aa  pop r14
   ac  pop r13
   ae  pop r12
   b0  pop r11
   b2  pop r10
   b4  pop r9
   b6  pop r8
   b8  pop rdi
   ba  pop rsi
   bc  pop rbp
   be  pop rbx
   c0  pop rdx
   c2  pop rcx
   c4  pop rax
   c6  ret
   c7  int3
   c8  sub rsp,100h
   cf  movups [rsp],xmm0
   d8  movups [rsp+10h],xmm1
   e1  movups [rsp+20h],xmm2
   ea  movups [rsp+30h],xmm3
   f3  movups [rsp+40h],xmm4
   fc  movups [rsp+50h],xmm5
  105  movups [rsp+60h],xmm6
  10e  movups [rsp+70h],xmm7
  117  movups [rsp+80h],xmm8
  120  movups [rsp+90h],xmm9
  129  movups [rsp+0A0h],xmm10
  132  movups [rsp+0B0h],xmm11
  13b  movups [rsp+0C0h],xmm12
  144  movups [rsp+0D0h],xmm13
  14d  movups [rsp+0E0h],xmm14
  156  movups [rsp+0F0h],xmm15
  15f  call 39
  164  endbr64
  168  movups xmm0,[rsp]
  171  movups xmm1,[rsp+10h]
  17a  movups xmm2,[rsp+20h]
  183  movups xmm3,[rsp+30h]
  18c  movups xmm4,[rsp+40h]
  195  movups xmm5,[rsp+50h]
  19e  movups xmm6,[rsp+60h]
  1a7  movups xmm7,[rsp+70h]
  1b0  movups xmm8,[rsp+80h]
  1b9  movups xmm9,[rsp+90h]
  1c2  movups xmm10,[rsp+0A0h]
  1cb  movups xmm11,[rsp+0B0h]
  1d4  movups xmm12,[rsp+0C0h]
  1dd  movups xmm13,[rsp+0D0h]
  1e6  movups xmm14,[rsp+0E0h]
  1ef  movups xmm15,[rsp+0F0h]
  1f8  add rsp,100h
  1ff  jmp a6
  204  push rax
  206  push rcx
  208  push rdx
  20a  push rbx
  20c  push rbp
  20e  push rsi
  210  push rdi
  212  push r8
  214  push r9
  216  push r10
  218  push r11
  21a  push r12
  21c  push r13
  21e  push r14
  220  mov dword ptr [r15+20h],5
  22b  call 39
  230  endbr64
  234  pop r14
  236  pop r13
  238  pop r12
  23a  pop r11
  23c  pop r10
  23e  pop r9
  240  pop r8
  242  pop rdi
  244  pop rsi
  246  pop rbp
  248  pop rbx
  24a  pop rdx
  24c  pop rcx
  24e  pop rax
  250  ret
  251  int3
  252  mov rdx,[rsp]
  256  mov [r15+28h],rdx
  25d  mov [r15+30h],rax
  264  mov [r15+24h],ecx
  26b  mov dword ptr [r15+20h],4
  276  call 39
  27b  endbr64
  27f  mov r14,[r15+38h]
  286  mov r13,[r14]
  28d  ret
  28e  int3
; fault
  28f  mov [r15+28h],rax
  296  mov eax,0FFFFFFFFh
  29b  jmp 3e3
  2a0  mov eax,0
  2a5  pop qword ptr [r15+28h]
  2ac  jmp 3e3
  2b1  mov eax,1
  2b6  pop qword ptr [r15+28h]
  2bd  jmp 3e3
  2c2  mov eax,2
  2c7  pop qword ptr [r15+28h]
  2ce  jmp 3e3
  2d3  mov eax,3
  2d8  pop qword ptr [r15+28h]
  2df  jmp 3e3
  2e4  mov eax,4
  2e9  pop qword ptr [r15+28h]
  2f0  jmp 3e3
  2f5  mov eax,5
  2fa  pop qword ptr [r15+28h]
  301  jmp 3e3
  306  mov eax,6
  30b  pop qword ptr [r15+28h]
  312  jmp 3e3
  317  mov eax,7
  31c  pop qword ptr [r15+28h]
  323  jmp 3e3
  328  mov eax,8
  32d  pop qword ptr [r15+28h]
  334  jmp 3e3
  339  mov eax,9
  33e  pop qword ptr [r15+28h]
  345  jmp 3e3
  34a  mov eax,0Ah
  34f  pop qword ptr [r15+28h]
  356  jmp 3e3
  35b  mov eax,0Bh
  360  pop qword ptr [r15+28h]
  367  jmp 3e3
  36c  mov eax,0Ch
  371  pop qword ptr [r15+28h]
  378  jmp 3e3
  37d  mov eax,0Dh
  382  pop qword ptr [r15+28h]
  389  jmp 3e3
  38e  mov eax,0Eh
  393  pop qword ptr [r15+28h]
  39a  jmp 3e3
  39f  mov eax,0Fh
  3a4  pop qword ptr [r15+28h]
  3ab  jmp 3e3
  3b0  mov eax,10h
  3b5  pop qword ptr [r15+28h]
  3bc  jmp 3e3
  3c1  mov eax,11h
  3c6  pop qword ptr [r15+28h]
  3cd  jmp 3e3
  3d2  mov eax,12h
  3d7  pop qword ptr [r15+28h]
  3de  jmp 3e3
  3e3  mov [r15+24h],eax
  3ea  mov dword ptr [r15+20h],1
  3f5  jmp 39
  3fa  cmp rcx,4000h
  401  ja 614
  407  mov r11,rax
  40a  cmp rax,rdx
  40d  cmovb r11,rdx
  411  add r11,rcx
  414  cmp r11,[r14+8]
  41b  ja 2b1
  421  mov r11,rax
  424  sub r11,rdx
  427  cmp r11,rcx
  42a  jb 614
  430  cmp ecx,100h
  436  ja 602
  43c  neg r11
  43f  cmp r11,rcx
  442  jb 602
  448  add rax,r13
  44b  add rdx,r13
  44e  cmp ecx,10h
  454  jbe 59f
  45a  sub ecx,10h
  45d  push rdi
  45e  mov r11d,0
  464  cmp rcx,0
  46b  cmovl r11,rcx
  46f  mov rdi,[rdx+r11]
  473  mov [rax+r11],rdi
  477  mov rdi,[rdx+r11+8]
  47c  mov [rax+r11+8],rdi
  481  mov r11d,10h
  487  cmp rcx,10h
  48e  cmovl r11,rcx
  492  mov rdi,[rdx+r11]
  496  mov [rax+r11],rdi
  49a  mov rdi,[rdx+r11+8]
  49f  mov [rax+r11+8],rdi
  4a4  mov r11d,20h
  4aa  cmp rcx,20h
  4b1  cmovl r11,rcx
  4b5  mov rdi,[rdx+r11]
  4b9  mov [rax+r11],rdi
  4bd  mov rdi,[rdx+r11+8]
  4c2  mov [rax+r11+8],rdi
  4c7  mov r11d,30h
  4cd  cmp rcx,30h
  4d4  cmovl r11,rcx
  4d8  mov rdi,[rdx+r11]
  4dc  mov [rax+r11],rdi
  4e0  mov rdi,[rdx+r11+8]
  4e5  mov [rax+r11+8],rdi
  4ea  mov r11d,40h
  4f0  cmp rcx,40h
  4f7  cmovl r11,rcx
  4fb  mov rdi,[rdx+r11]
  4ff  mov [rax+r11],rdi
  503  mov rdi,[rdx+r11+8]
  508  mov [rax+r11+8],rdi
  50d  mov r11d,50h
  513  cmp rcx,50h
  51a  cmovl r11,rcx
  51e  mov rdi,[rdx+r11]
  522  mov [rax+r11],rdi
  526  mov rdi,[rdx+r11+8]
  52b  mov [rax+r11+8],rdi
  530  mov r11d,60h
  536  cmp rcx,60h
  53d  cmovl r11,rcx
  541  mov rdi,[rdx+r11]
  545  mov [rax+r11],rdi
  549  mov rdi,[rdx+r11+8]
  54e  mov [rax+r11+8],rdi
  553  mov r11d,70h
  559  cmp rcx,70h
  560  cmovl r11,rcx
  564  mov rdi,[rdx+r11]
  568  mov [rax+r11],rdi
  56c  mov rdi,[rdx+r11+8]
  571  mov [rax+r11+8],rdi
  576  cmp rcx,70h
  57d  jle 59c
  583  sub rcx,80h
  58a  add rdx,80h
  591  add rax,80h
  597  jmp 45e
  59c  pop rdi
  59d  ret
  59e  int3
  59f  cmp ecx,8
  5a5  jb 5be
  5ab  sub ecx,8
  5ae  mov r11,[rdx]
  5b1  mov rdx,[rdx+rcx]
  5b5  mov [rax],r11
  5b8  mov [rax+rcx],rdx
  5bc  ret
  5bd  int3
  5be  cmp ecx,4
  5c4  jb 5db
  5ca  sub ecx,4
  5cd  mov r11d,[rdx]
  5d0  mov edx,[rdx+rcx]
  5d3  mov [rax],r11d
  5d6  mov [rax+rcx],edx
  5d9  ret
  5da  int3
  5db  sub ecx,1
  5de  jb 600
  5e4  movzx r11d,byte ptr [rdx]
  5e8  mov [rax],r11b
  5eb  movzx r11d,byte ptr [rdx+rcx]
  5f0  mov [rax+rcx],r11b
  5f4  shr ecx,1
  5f7  movzx r11d,byte ptr [rdx+rcx]
  5fc  mov [rax+rcx],r11b
  600  ret
  601  int3
  602  push rdi
  603  push rsi
  604  lea rdi,[r13+rax]
  609  lea rsi,[r13+rdx]
  60e  rep movsb [rdi],[rsi]
  610  pop rsi
  611  pop rdi
  612  ret
  613  int3
  614  mov r11,[rsp]
  618  mov [r15+28h],r11
  61f  push rax
  621  push rcx
  623  push rdx
  625  push rbx
  627  push rbp
  629  push rsi
  62b  push rdi
  62d  push r8
  62f  push r9
  631  push r10
  633  push r11
  635  push r12
  637  push r13
  639  push r14
  63b  cmp dword ptr [r15+50h],0
  646  je 6e3
  64c  sub rsp,100h
  653  movups [rsp],xmm0
  65c  movups [rsp+10h],xmm1
  665  movups [rsp+20h],xmm2
  66e  movups [rsp+30h],xmm3
  677  movups [rsp+40h],xmm4
  680  movups [rsp+50h],xmm5
  689  movups [rsp+60h],xmm6
  692  movups [rsp+70h],xmm7
  69b  movups [rsp+80h],xmm8
  6a4  movups [rsp+90h],xmm9
  6ad  movups [rsp+0A0h],xmm10
  6b6  movups [rsp+0B0h],xmm11
  6bf  movups [rsp+0C0h],xmm12
  6c8  movups [rsp+0D0h],xmm13
  6d1  movups [rsp+0E0h],xmm14
  6da  movups [rsp+0F0h],xmm15
  6e3  push rcx
  6e4  push rdx
  6e5  push rax
  6e6  push 0
  6e8  push 0
  6ea  mov [r15+30h],rsp
  6f1  mov dword ptr [r15+24h],2
  6fc  mov dword ptr [r15+20h],4
  707  call 39
  70c  endbr64
  710  add rsp,28h
  717  cmp dword ptr [r15+50h],0
  722  je 7bf
  728  movups xmm0,[rsp]
  731  movups xmm1,[rsp+10h]
  73a  movups xmm2,[rsp+20h]
  743  movups xmm3,[rsp+30h]
  74c  movups xmm4,[rsp+40h]
  755  movups xmm5,[rsp+50h]
  75e  movups xmm6,[rsp+60h]
  767  movups xmm7,[rsp+70h]
  770  movups xmm8,[rsp+80h]
  779  movups xmm9,[rsp+90h]
  782  movups xmm10,[rsp+0A0h]
  78b  movups xmm11,[rsp+0B0h]
  794  movups xmm12,[rsp+0C0h]
  79d  movups xmm13,[rsp+0D0h]
  7a6  movups xmm14,[rsp+0E0h]
  7af  movups xmm15,[rsp+0F0h]
  7b8  add rsp,100h
  7bf  pop r14
  7c1  pop r13
  7c3  pop r12
  7c5  pop r11
  7c7  pop r10
  7c9  pop r9
  7cb  pop r8
  7cd  pop rdi
  7cf  pop rsi
  7d1  pop rbp
  7d3  pop rbx
  7d5  pop rdx
  7d7  pop rcx
  7d9  pop rax
  7db  ret
  7dc  int3
  7dd  cmp rcx,4000h
  7e4  ja 90e
  7ea  lea r11,[rax+rcx]
  7ee  cmp r11,[r14+8]
  7f5  ja 2b1
  7fb  cmp rcx,400h
  802  ja 901
  808  add rax,r13
  80b  movzx edx,dl
  80e  mov r11,101010101010101h
  818  imul rdx,r11
  81c  sub rcx,8
  820  jb 8d9
  826  cmp ecx,18h
  82c  ja 865
  832  mov [rax],rdx
  835  mov r11d,8
  83b  cmp rcx,8
  842  cmovb r11,rcx
  846  mov [rax+r11],rdx
  84a  mov r11d,10h
  850  cmp rcx,10h
  857  cmovb r11,rcx
  85b  mov [rax+r11],rdx
  85f  mov [rax+rcx],rdx
  863  ret
  864  int3
  865  sub rcx,8
  869  push rdi
  86a  xor r11d,r11d
  86d  lea rdi,[r11]
  874  cmp rdi,rcx
  877  cmova rdi,rcx
  87b  mov [rax+rdi],rdx
  87f  mov [rax+rdi+8],rdx
  884  lea rdi,[r11+10h]
  88b  cmp rdi,rcx
  88e  cmova rdi,rcx
  892  mov [rax+rdi],rdx
  896  mov [rax+rdi+8],rdx
  89b  lea rdi,[r11+20h]
  8a2  cmp rdi,rcx
  8a5  cmova rdi,rcx
  8a9  mov [rax+rdi],rdx
  8ad  mov [rax+rdi+8],rdx
  8b2  lea rdi,[r11+30h]
  8b9  cmp rdi,rcx
  8bc  cmova rdi,rcx
  8c0  mov [rax+rdi],rdx
  8c4  mov [rax+rdi+8],rdx
  8c9  add r11,40h
  8cd  cmp rdi,rcx
  8d0  jb 86d
  8d6  pop rdi
  8d7  ret
  8d8  int3
  8d9  add rcx,4
  8dd  js 8ea
  8e3  mov [rax],edx
  8e5  mov [rax+rcx],edx
  8e8  ret
  8e9  int3
  8ea  add rcx,3
  8ee  js 8ff
  8f4  mov [rax],dl
  8f6  mov [rax+rcx],dl
  8f9  shr ecx,1
  8fc  mov [rax+rcx],dl
  8ff  ret
  900  int3
  901  push rdi
  902  lea rdi,[r13+rax]
  907  mov eax,edx
  909  rep stosb [rdi]
  90b  pop rdi
  90c  ret
  90d  int3
  90e  mov r11,[rsp]
  912  mov [r15+28h],r11
  919  push rax
  91b  push rcx
  91d  push rdx
  91f  push rbx
  921  push rbp
  923  push rsi
  925  push rdi
  927  push r8
  929  push r9
  92b  push r10
  92d  push r11
  92f  push r12
  931  push r13
  933  push r14
  935  cmp dword ptr [r15+50h],0
  940  je 9dd
  946  sub rsp,100h
  94d  movups [rsp],xmm0
  956  movups [rsp+10h],xmm1
  95f  movups [rsp+20h],xmm2
  968  movups [rsp+30h],xmm3
  971  movups [rsp+40h],xmm4
  97a  movups [rsp+50h],xmm5
  983  movups [rsp+60h],xmm6
  98c  movups [rsp+70h],xmm7
  995  movups [rsp+80h],xmm8
  99e  movups [rsp+90h],xmm9
  9a7  movups [rsp+0A0h],xmm10
  9b0  movups [rsp+0B0h],xmm11
  9b9  movups [rsp+0C0h],xmm12
  9c2  movups [rsp+0D0h],xmm13
  9cb  movups [rsp+0E0h],xmm14
  9d4  movups [rsp+0F0h],xmm15
  9dd  push rcx
  9de  push rdx
  9df  push rax
  9e0  push 0
  9e2  mov [r15+30h],rsp
  9e9  mov dword ptr [r15+24h],1
  9f4  mov dword ptr [r15+20h],4
  9ff  call 39
  a04  endbr64
  a08  add rsp,20h
  a0f  cmp dword ptr [r15+50h],0
  a1a  je ab7
  a20  movups xmm0,[rsp]
  a29  movups xmm1,[rsp+10h]
  a32  movups xmm2,[rsp+20h]
  a3b  movups xmm3,[rsp+30h]
  a44  movups xmm4,[rsp+40h]
  a4d  movups xmm5,[rsp+50h]
  a56  movups xmm6,[rsp+60h]
  a5f  movups xmm7,[rsp+70h]
  a68  movups xmm8,[rsp+80h]
  a71  movups xmm9,[rsp+90h]
  a7a  movups xmm10,[rsp+0A0h]
  a83  movups xmm11,[rsp+0B0h]
  a8c  movups xmm12,[rsp+0C0h]
  a95  movups xmm13,[rsp+0D0h]
  a9e  movups xmm14,[rsp+0E0h]
  aa7  movups xmm15,[rsp+0F0h]
  ab0  add rsp,100h
  ab7  pop r14
  ab9  pop r13
  abb  pop r12
  abd  pop r11
  abf  pop r10
  ac1  pop r9
  ac3  pop r8
  ac5  pop rdi
  ac7  pop rsi
  ac9  pop rbp
  acb  pop rbx
  acd  pop rdx
  acf  pop rcx
  ad1  pop rax
  ad3  ret
  ad4  int3
  ad5  int3
  ad6  int3
  ad7  int3
  ad8  int3
  ad9  int3
  ada  int3
  adb  int3
  adc  int3
  add  int3
  ade  int3
  adf  int3
