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
  3fa  mov r11,[r14+8]
  401  cmp rcx,r11
  404  ja 2b1
  40a  sub r11,rcx
  40d  cmp rax,r11
  410  ja 2b1
  416  cmp rdx,r11
  419  ja 2b1
  41f  cmp rcx,4000h
  426  ja 57c
  42c  mov r11,rax
  42f  sub r11,rdx
  432  cmp r11,rcx
  435  jb 57c
  43b  cmp ecx,100h
  441  ja 56a
  447  mov r11,rdx
  44a  sub r11,rax
  44d  cmp r11,rcx
  450  jb 56a
  456  add rax,r13
  459  add rdx,r13
  45c  cmp ecx,8
  462  jb 524
  468  cmp ecx,10h
  46e  ja 488
  474  sub rcx,8
  478  mov r11,[rdx]
  47b  mov rdx,[rdx+rcx]
  47f  mov [rax],r11
  482  mov [rax+rcx],rdx
  486  ret
  487  int3
  488  sub rcx,10h
  48c  push rdi
  48d  push rsi
  48e  push rbx
  48f  xor r11d,r11d
  492  lea rdi,[r11]
  499  cmp rdi,rcx
  49c  cmova rdi,rcx
  4a0  mov rsi,[rdx+rdi]
  4a4  mov rbx,[rdx+rdi+8]
  4a9  mov [rax+rdi],rsi
  4ad  mov [rax+rdi+8],rbx
  4b2  lea rdi,[r11+10h]
  4b9  cmp rdi,rcx
  4bc  cmova rdi,rcx
  4c0  mov rsi,[rdx+rdi]
  4c4  mov rbx,[rdx+rdi+8]
  4c9  mov [rax+rdi],rsi
  4cd  mov [rax+rdi+8],rbx
  4d2  lea rdi,[r11+20h]
  4d9  cmp rdi,rcx
  4dc  cmova rdi,rcx
  4e0  mov rsi,[rdx+rdi]
  4e4  mov rbx,[rdx+rdi+8]
  4e9  mov [rax+rdi],rsi
  4ed  mov [rax+rdi+8],rbx
  4f2  lea rdi,[r11+30h]
  4f9  cmp rdi,rcx
  4fc  cmova rdi,rcx
  500  mov rsi,[rdx+rdi]
  504  mov rbx,[rdx+rdi+8]
  509  mov [rax+rdi],rsi
  50d  mov [rax+rdi+8],rbx
  512  add r11,40h
  516  cmp rdi,rcx
  519  jb 492
  51f  pop rbx
  520  pop rsi
  521  pop rdi
  522  ret
  523  int3
  524  cmp ecx,4
  52a  jb 542
  530  sub rcx,4
  534  mov r11d,[rdx]
  537  mov edx,[rdx+rcx]
  53a  mov [rax],r11d
  53d  mov [rax+rcx],edx
  540  ret
  541  int3
  542  sub rcx,1
  546  jb 568
  54c  movzx r11d,byte ptr [rdx]
  550  mov [rax],r11b
  553  movzx r11d,byte ptr [rdx+rcx]
  558  mov [rax+rcx],r11b
  55c  shr ecx,1
  55f  movzx r11d,byte ptr [rdx+rcx]
  564  mov [rax+rcx],r11b
  568  ret
  569  int3
  56a  push rdi
  56b  push rsi
  56c  lea rdi,[r13+rax]
  571  lea rsi,[r13+rdx]
  576  rep movsb [rdi],[rsi]
  578  pop rsi
  579  pop rdi
  57a  ret
  57b  int3
  57c  mov r11,[rsp]
  580  mov [r15+28h],r11
  587  push rax
  589  push rcx
  58b  push rdx
  58d  push rbx
  58f  push rbp
  591  push rsi
  593  push rdi
  595  push r8
  597  push r9
  599  push r10
  59b  push r11
  59d  push r12
  59f  push r13
  5a1  push r14
  5a3  cmp dword ptr [r15+50h],0
  5ae  je 64b
  5b4  sub rsp,100h
  5bb  movups [rsp],xmm0
  5c4  movups [rsp+10h],xmm1
  5cd  movups [rsp+20h],xmm2
  5d6  movups [rsp+30h],xmm3
  5df  movups [rsp+40h],xmm4
  5e8  movups [rsp+50h],xmm5
  5f1  movups [rsp+60h],xmm6
  5fa  movups [rsp+70h],xmm7
  603  movups [rsp+80h],xmm8
  60c  movups [rsp+90h],xmm9
  615  movups [rsp+0A0h],xmm10
  61e  movups [rsp+0B0h],xmm11
  627  movups [rsp+0C0h],xmm12
  630  movups [rsp+0D0h],xmm13
  639  movups [rsp+0E0h],xmm14
  642  movups [rsp+0F0h],xmm15
  64b  push rcx
  64c  push rdx
  64d  push rax
  64e  push 0
  650  push 0
  652  mov [r15+30h],rsp
  659  mov dword ptr [r15+24h],2
  664  mov dword ptr [r15+20h],4
  66f  call 39
  674  endbr64
  678  add rsp,28h
  67f  cmp dword ptr [r15+50h],0
  68a  je 727
  690  movups xmm0,[rsp]
  699  movups xmm1,[rsp+10h]
  6a2  movups xmm2,[rsp+20h]
  6ab  movups xmm3,[rsp+30h]
  6b4  movups xmm4,[rsp+40h]
  6bd  movups xmm5,[rsp+50h]
  6c6  movups xmm6,[rsp+60h]
  6cf  movups xmm7,[rsp+70h]
  6d8  movups xmm8,[rsp+80h]
  6e1  movups xmm9,[rsp+90h]
  6ea  movups xmm10,[rsp+0A0h]
  6f3  movups xmm11,[rsp+0B0h]
  6fc  movups xmm12,[rsp+0C0h]
  705  movups xmm13,[rsp+0D0h]
  70e  movups xmm14,[rsp+0E0h]
  717  movups xmm15,[rsp+0F0h]
  720  add rsp,100h
  727  pop r14
  729  pop r13
  72b  pop r12
  72d  pop r11
  72f  pop r10
  731  pop r9
  733  pop r8
  735  pop rdi
  737  pop rsi
  739  pop rbp
  73b  pop rbx
  73d  pop rdx
  73f  pop rcx
  741  pop rax
  743  ret
  744  int3
  745  mov r11,[r14+8]
  74c  cmp rcx,r11
  74f  ja 2b1
  755  sub r11,rcx
  758  cmp rax,r11
  75b  ja 2b1
  761  cmp rcx,400h
  768  ja 843
  76e  add rax,r13
  771  movzx edx,dl
  774  mov r11,101010101010101h
  77e  imul rdx,r11
  782  cmp ecx,8
  788  jb 818
  78e  cmp ecx,10h
  794  ja 7a4
  79a  mov [rax],rdx
  79d  mov [rax+rcx-8],rdx
  7a2  ret
  7a3  int3
  7a4  sub rcx,10h
  7a8  push rdi
  7a9  xor r11d,r11d
  7ac  lea rdi,[r11]
  7b3  cmp rdi,rcx
  7b6  cmova rdi,rcx
  7ba  mov [rax+rdi],rdx
  7be  mov [rax+rdi+8],rdx
  7c3  lea rdi,[r11+10h]
  7ca  cmp rdi,rcx
  7cd  cmova rdi,rcx
  7d1  mov [rax+rdi],rdx
  7d5  mov [rax+rdi+8],rdx
  7da  lea rdi,[r11+20h]
  7e1  cmp rdi,rcx
  7e4  cmova rdi,rcx
  7e8  mov [rax+rdi],rdx
  7ec  mov [rax+rdi+8],rdx
  7f1  lea rdi,[r11+30h]
  7f8  cmp rdi,rcx
  7fb  cmova rdi,rcx
  7ff  mov [rax+rdi],rdx
  803  mov [rax+rdi+8],rdx
  808  add r11,40h
  80c  cmp rdi,rcx
  80f  jb 7ac
  815  pop rdi
  816  ret
  817  int3
  818  cmp ecx,4
  81e  jb 82c
  824  mov [rax],edx
  826  mov [rax+rcx-4],edx
  82a  ret
  82b  int3
  82c  sub rcx,1
  830  jb 841
  836  mov [rax],dl
  838  mov [rax+rcx],dl
  83b  shr ecx,1
  83e  mov [rax+rcx],dl
  841  ret
  842  int3
  843  cmp rcx,4000h
  84a  ja 85d
  850  push rdi
  851  lea rdi,[r13+rax]
  856  mov eax,edx
  858  rep stosb [rdi]
  85a  pop rdi
  85b  ret
  85c  int3
  85d  mov r11,[rsp]
  861  mov [r15+28h],r11
  868  push rax
  86a  push rcx
  86c  push rdx
  86e  push rbx
  870  push rbp
  872  push rsi
  874  push rdi
  876  push r8
  878  push r9
  87a  push r10
  87c  push r11
  87e  push r12
  880  push r13
  882  push r14
  884  cmp dword ptr [r15+50h],0
  88f  je 92c
  895  sub rsp,100h
  89c  movups [rsp],xmm0
  8a5  movups [rsp+10h],xmm1
  8ae  movups [rsp+20h],xmm2
  8b7  movups [rsp+30h],xmm3
  8c0  movups [rsp+40h],xmm4
  8c9  movups [rsp+50h],xmm5
  8d2  movups [rsp+60h],xmm6
  8db  movups [rsp+70h],xmm7
  8e4  movups [rsp+80h],xmm8
  8ed  movups [rsp+90h],xmm9
  8f6  movups [rsp+0A0h],xmm10
  8ff  movups [rsp+0B0h],xmm11
  908  movups [rsp+0C0h],xmm12
  911  movups [rsp+0D0h],xmm13
  91a  movups [rsp+0E0h],xmm14
  923  movups [rsp+0F0h],xmm15
  92c  push rcx
  92d  push rdx
  92e  push rax
  92f  push 0
  931  mov [r15+30h],rsp
  938  mov dword ptr [r15+24h],1
  943  mov dword ptr [r15+20h],4
  94e  call 39
  953  endbr64
  957  add rsp,20h
  95e  cmp dword ptr [r15+50h],0
  969  je a06
  96f  movups xmm0,[rsp]
  978  movups xmm1,[rsp+10h]
  981  movups xmm2,[rsp+20h]
  98a  movups xmm3,[rsp+30h]
  993  movups xmm4,[rsp+40h]
  99c  movups xmm5,[rsp+50h]
  9a5  movups xmm6,[rsp+60h]
  9ae  movups xmm7,[rsp+70h]
  9b7  movups xmm8,[rsp+80h]
  9c0  movups xmm9,[rsp+90h]
  9c9  movups xmm10,[rsp+0A0h]
  9d2  movups xmm11,[rsp+0B0h]
  9db  movups xmm12,[rsp+0C0h]
  9e4  movups xmm13,[rsp+0D0h]
  9ed  movups xmm14,[rsp+0E0h]
  9f6  movups xmm15,[rsp+0F0h]
  9ff  add rsp,100h
  a06  pop r14
  a08  pop r13
  a0a  pop r12
  a0c  pop r11
  a0e  pop r10
  a10  pop r9
  a12  pop r8
  a14  pop rdi
  a16  pop rsi
  a18  pop rbp
  a1a  pop rbx
  a1c  pop rdx
  a1e  pop rcx
  a20  pop rax
  a22  ret
  a23  int3
  a24  int3
  a25  int3
  a26  int3
  a27  int3
  a28  int3
  a29  int3
  a2a  int3
  a2b  int3
  a2c  int3
  a2d  int3
  a2e  int3
  a2f  int3
