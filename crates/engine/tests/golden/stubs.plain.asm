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
  29b  jmp 3c1
  2a0  mov eax,0
  2a5  pop qword ptr [r15+28h]
  2ac  jmp 3c1
  2b1  mov eax,1
  2b6  pop qword ptr [r15+28h]
  2bd  jmp 3c1
  2c2  mov eax,2
  2c7  pop qword ptr [r15+28h]
  2ce  jmp 3c1
  2d3  mov eax,3
  2d8  pop qword ptr [r15+28h]
  2df  jmp 3c1
  2e4  mov eax,4
  2e9  pop qword ptr [r15+28h]
  2f0  jmp 3c1
  2f5  mov eax,5
  2fa  pop qword ptr [r15+28h]
  301  jmp 3c1
  306  mov eax,6
  30b  pop qword ptr [r15+28h]
  312  jmp 3c1
  317  mov eax,7
  31c  pop qword ptr [r15+28h]
  323  jmp 3c1
  328  mov eax,8
  32d  pop qword ptr [r15+28h]
  334  jmp 3c1
  339  mov eax,9
  33e  pop qword ptr [r15+28h]
  345  jmp 3c1
  34a  mov eax,0Ah
  34f  pop qword ptr [r15+28h]
  356  jmp 3c1
  35b  mov eax,0Bh
  360  pop qword ptr [r15+28h]
  367  jmp 3c1
  36c  mov eax,0Ch
  371  pop qword ptr [r15+28h]
  378  jmp 3c1
  37d  mov eax,0Dh
  382  pop qword ptr [r15+28h]
  389  jmp 3c1
  38e  mov eax,0Eh
  393  pop qword ptr [r15+28h]
  39a  jmp 3c1
  39f  mov eax,0Fh
  3a4  pop qword ptr [r15+28h]
  3ab  jmp 3c1
  3b0  mov eax,10h
  3b5  pop qword ptr [r15+28h]
  3bc  jmp 3c1
  3c1  mov [r15+24h],eax
  3c8  mov dword ptr [r15+20h],1
  3d3  jmp 39
  3d8  mov r11,[r14+8]
  3df  cmp rcx,r11
  3e2  ja 2b1
  3e8  sub r11,rcx
  3eb  cmp rax,r11
  3ee  ja 2b1
  3f4  cmp rdx,r11
  3f7  ja 2b1
  3fd  cmp rcx,4000h
  404  ja 55a
  40a  mov r11,rax
  40d  sub r11,rdx
  410  cmp r11,rcx
  413  jb 55a
  419  cmp ecx,100h
  41f  ja 548
  425  mov r11,rdx
  428  sub r11,rax
  42b  cmp r11,rcx
  42e  jb 548
  434  add rax,r13
  437  add rdx,r13
  43a  cmp ecx,8
  440  jb 502
  446  cmp ecx,10h
  44c  ja 466
  452  sub rcx,8
  456  mov r11,[rdx]
  459  mov rdx,[rdx+rcx]
  45d  mov [rax],r11
  460  mov [rax+rcx],rdx
  464  ret
  465  int3
  466  sub rcx,10h
  46a  push rdi
  46b  push rsi
  46c  push rbx
  46d  xor r11d,r11d
  470  lea rdi,[r11]
  477  cmp rdi,rcx
  47a  cmova rdi,rcx
  47e  mov rsi,[rdx+rdi]
  482  mov rbx,[rdx+rdi+8]
  487  mov [rax+rdi],rsi
  48b  mov [rax+rdi+8],rbx
  490  lea rdi,[r11+10h]
  497  cmp rdi,rcx
  49a  cmova rdi,rcx
  49e  mov rsi,[rdx+rdi]
  4a2  mov rbx,[rdx+rdi+8]
  4a7  mov [rax+rdi],rsi
  4ab  mov [rax+rdi+8],rbx
  4b0  lea rdi,[r11+20h]
  4b7  cmp rdi,rcx
  4ba  cmova rdi,rcx
  4be  mov rsi,[rdx+rdi]
  4c2  mov rbx,[rdx+rdi+8]
  4c7  mov [rax+rdi],rsi
  4cb  mov [rax+rdi+8],rbx
  4d0  lea rdi,[r11+30h]
  4d7  cmp rdi,rcx
  4da  cmova rdi,rcx
  4de  mov rsi,[rdx+rdi]
  4e2  mov rbx,[rdx+rdi+8]
  4e7  mov [rax+rdi],rsi
  4eb  mov [rax+rdi+8],rbx
  4f0  add r11,40h
  4f4  cmp rdi,rcx
  4f7  jb 470
  4fd  pop rbx
  4fe  pop rsi
  4ff  pop rdi
  500  ret
  501  int3
  502  cmp ecx,4
  508  jb 520
  50e  sub rcx,4
  512  mov r11d,[rdx]
  515  mov edx,[rdx+rcx]
  518  mov [rax],r11d
  51b  mov [rax+rcx],edx
  51e  ret
  51f  int3
  520  sub rcx,1
  524  jb 546
  52a  movzx r11d,byte ptr [rdx]
  52e  mov [rax],r11b
  531  movzx r11d,byte ptr [rdx+rcx]
  536  mov [rax+rcx],r11b
  53a  shr ecx,1
  53d  movzx r11d,byte ptr [rdx+rcx]
  542  mov [rax+rcx],r11b
  546  ret
  547  int3
  548  push rdi
  549  push rsi
  54a  lea rdi,[r13+rax]
  54f  lea rsi,[r13+rdx]
  554  rep movsb [rdi],[rsi]
  556  pop rsi
  557  pop rdi
  558  ret
  559  int3
  55a  mov r11,[rsp]
  55e  mov [r15+28h],r11
  565  push rax
  567  push rcx
  569  push rdx
  56b  push rbx
  56d  push rbp
  56f  push rsi
  571  push rdi
  573  push r8
  575  push r9
  577  push r10
  579  push r11
  57b  push r12
  57d  push r13
  57f  push r14
  581  cmp dword ptr [r15+50h],0
  58c  je 629
  592  sub rsp,100h
  599  movups [rsp],xmm0
  5a2  movups [rsp+10h],xmm1
  5ab  movups [rsp+20h],xmm2
  5b4  movups [rsp+30h],xmm3
  5bd  movups [rsp+40h],xmm4
  5c6  movups [rsp+50h],xmm5
  5cf  movups [rsp+60h],xmm6
  5d8  movups [rsp+70h],xmm7
  5e1  movups [rsp+80h],xmm8
  5ea  movups [rsp+90h],xmm9
  5f3  movups [rsp+0A0h],xmm10
  5fc  movups [rsp+0B0h],xmm11
  605  movups [rsp+0C0h],xmm12
  60e  movups [rsp+0D0h],xmm13
  617  movups [rsp+0E0h],xmm14
  620  movups [rsp+0F0h],xmm15
  629  push rcx
  62a  push rdx
  62b  push rax
  62c  push 0
  62e  push 0
  630  mov [r15+30h],rsp
  637  mov dword ptr [r15+24h],2
  642  mov dword ptr [r15+20h],4
  64d  call 39
  652  endbr64
  656  add rsp,28h
  65d  cmp dword ptr [r15+50h],0
  668  je 705
  66e  movups xmm0,[rsp]
  677  movups xmm1,[rsp+10h]
  680  movups xmm2,[rsp+20h]
  689  movups xmm3,[rsp+30h]
  692  movups xmm4,[rsp+40h]
  69b  movups xmm5,[rsp+50h]
  6a4  movups xmm6,[rsp+60h]
  6ad  movups xmm7,[rsp+70h]
  6b6  movups xmm8,[rsp+80h]
  6bf  movups xmm9,[rsp+90h]
  6c8  movups xmm10,[rsp+0A0h]
  6d1  movups xmm11,[rsp+0B0h]
  6da  movups xmm12,[rsp+0C0h]
  6e3  movups xmm13,[rsp+0D0h]
  6ec  movups xmm14,[rsp+0E0h]
  6f5  movups xmm15,[rsp+0F0h]
  6fe  add rsp,100h
  705  pop r14
  707  pop r13
  709  pop r12
  70b  pop r11
  70d  pop r10
  70f  pop r9
  711  pop r8
  713  pop rdi
  715  pop rsi
  717  pop rbp
  719  pop rbx
  71b  pop rdx
  71d  pop rcx
  71f  pop rax
  721  ret
  722  int3
  723  mov r11,[r14+8]
  72a  cmp rcx,r11
  72d  ja 2b1
  733  sub r11,rcx
  736  cmp rax,r11
  739  ja 2b1
  73f  cmp rcx,400h
  746  ja 821
  74c  add rax,r13
  74f  movzx edx,dl
  752  mov r11,101010101010101h
  75c  imul rdx,r11
  760  cmp ecx,8
  766  jb 7f6
  76c  cmp ecx,10h
  772  ja 782
  778  mov [rax],rdx
  77b  mov [rax+rcx-8],rdx
  780  ret
  781  int3
  782  sub rcx,10h
  786  push rdi
  787  xor r11d,r11d
  78a  lea rdi,[r11]
  791  cmp rdi,rcx
  794  cmova rdi,rcx
  798  mov [rax+rdi],rdx
  79c  mov [rax+rdi+8],rdx
  7a1  lea rdi,[r11+10h]
  7a8  cmp rdi,rcx
  7ab  cmova rdi,rcx
  7af  mov [rax+rdi],rdx
  7b3  mov [rax+rdi+8],rdx
  7b8  lea rdi,[r11+20h]
  7bf  cmp rdi,rcx
  7c2  cmova rdi,rcx
  7c6  mov [rax+rdi],rdx
  7ca  mov [rax+rdi+8],rdx
  7cf  lea rdi,[r11+30h]
  7d6  cmp rdi,rcx
  7d9  cmova rdi,rcx
  7dd  mov [rax+rdi],rdx
  7e1  mov [rax+rdi+8],rdx
  7e6  add r11,40h
  7ea  cmp rdi,rcx
  7ed  jb 78a
  7f3  pop rdi
  7f4  ret
  7f5  int3
  7f6  cmp ecx,4
  7fc  jb 80a
  802  mov [rax],edx
  804  mov [rax+rcx-4],edx
  808  ret
  809  int3
  80a  sub rcx,1
  80e  jb 81f
  814  mov [rax],dl
  816  mov [rax+rcx],dl
  819  shr ecx,1
  81c  mov [rax+rcx],dl
  81f  ret
  820  int3
  821  cmp rcx,4000h
  828  ja 83b
  82e  push rdi
  82f  lea rdi,[r13+rax]
  834  mov eax,edx
  836  rep stosb [rdi]
  838  pop rdi
  839  ret
  83a  int3
  83b  mov r11,[rsp]
  83f  mov [r15+28h],r11
  846  push rax
  848  push rcx
  84a  push rdx
  84c  push rbx
  84e  push rbp
  850  push rsi
  852  push rdi
  854  push r8
  856  push r9
  858  push r10
  85a  push r11
  85c  push r12
  85e  push r13
  860  push r14
  862  cmp dword ptr [r15+50h],0
  86d  je 90a
  873  sub rsp,100h
  87a  movups [rsp],xmm0
  883  movups [rsp+10h],xmm1
  88c  movups [rsp+20h],xmm2
  895  movups [rsp+30h],xmm3
  89e  movups [rsp+40h],xmm4
  8a7  movups [rsp+50h],xmm5
  8b0  movups [rsp+60h],xmm6
  8b9  movups [rsp+70h],xmm7
  8c2  movups [rsp+80h],xmm8
  8cb  movups [rsp+90h],xmm9
  8d4  movups [rsp+0A0h],xmm10
  8dd  movups [rsp+0B0h],xmm11
  8e6  movups [rsp+0C0h],xmm12
  8ef  movups [rsp+0D0h],xmm13
  8f8  movups [rsp+0E0h],xmm14
  901  movups [rsp+0F0h],xmm15
  90a  push rcx
  90b  push rdx
  90c  push rax
  90d  push 0
  90f  mov [r15+30h],rsp
  916  mov dword ptr [r15+24h],1
  921  mov dword ptr [r15+20h],4
  92c  call 39
  931  endbr64
  935  add rsp,20h
  93c  cmp dword ptr [r15+50h],0
  947  je 9e4
  94d  movups xmm0,[rsp]
  956  movups xmm1,[rsp+10h]
  95f  movups xmm2,[rsp+20h]
  968  movups xmm3,[rsp+30h]
  971  movups xmm4,[rsp+40h]
  97a  movups xmm5,[rsp+50h]
  983  movups xmm6,[rsp+60h]
  98c  movups xmm7,[rsp+70h]
  995  movups xmm8,[rsp+80h]
  99e  movups xmm9,[rsp+90h]
  9a7  movups xmm10,[rsp+0A0h]
  9b0  movups xmm11,[rsp+0B0h]
  9b9  movups xmm12,[rsp+0C0h]
  9c2  movups xmm13,[rsp+0D0h]
  9cb  movups xmm14,[rsp+0E0h]
  9d4  movups xmm15,[rsp+0F0h]
  9dd  add rsp,100h
  9e4  pop r14
  9e6  pop r13
  9e8  pop r12
  9ea  pop r11
  9ec  pop r10
  9ee  pop r9
  9f0  pop r8
  9f2  pop rdi
  9f4  pop rsi
  9f6  pop rbp
  9f8  pop rbx
  9fa  pop rdx
  9fc  pop rcx
  9fe  pop rax
  a00  ret
  a01  int3
  a02  int3
  a03  int3
  a04  int3
  a05  int3
  a06  int3
  a07  int3
  a08  int3
  a09  int3
  a0a  int3
  a0b  int3
  a0c  int3
  a0d  int3
  a0e  int3
  a0f  int3
