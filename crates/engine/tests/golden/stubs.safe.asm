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
  3e8  cmova rcx,[r14+50h]
  3f0  cmova rdx,[r14+50h]
  3f8  sub r11,rcx
  3fb  cmp rax,r11
  3fe  ja 2b1
  404  cmova rcx,[r14+50h]
  40c  cmova rdx,[r14+50h]
  414  cmp rdx,r11
  417  ja 2b1
  41d  cmova rcx,[r14+50h]
  425  cmova rdx,[r14+50h]
  42d  cmp rcx,4000h
  434  ja 5ba
  43a  mov r11,rax
  43d  sub r11,rdx
  440  cmp r11,rcx
  443  jb 5ba
  449  cmp ecx,100h
  44f  ja 5a8
  455  mov r11,rdx
  458  sub r11,rax
  45b  cmp r11,rcx
  45e  jb 5a8
  464  add rax,r13
  467  add rdx,r13
  46a  cmp ecx,8
  470  jb 54a
  476  cmp ecx,10h
  47c  ja 4a2
  482  sub rcx,8
  486  cmovb rdx,r13
  48a  cmovb rcx,[r14+50h]
  492  mov r11,[rdx]
  495  mov rdx,[rdx+rcx]
  499  mov [rax],r11
  49c  mov [rax+rcx],rdx
  4a0  ret
  4a1  int3
  4a2  sub rcx,10h
  4a6  cmovb rdx,r13
  4aa  cmovb rcx,[r14+50h]
  4b2  push rdi
  4b3  push rsi
  4b4  push rbx
  4b5  xor r11d,r11d
  4b8  lea rdi,[r11]
  4bf  cmp rdi,rcx
  4c2  cmova rdi,rcx
  4c6  mov rsi,[rdx+rdi]
  4ca  mov rbx,[rdx+rdi+8]
  4cf  mov [rax+rdi],rsi
  4d3  mov [rax+rdi+8],rbx
  4d8  lea rdi,[r11+10h]
  4df  cmp rdi,rcx
  4e2  cmova rdi,rcx
  4e6  mov rsi,[rdx+rdi]
  4ea  mov rbx,[rdx+rdi+8]
  4ef  mov [rax+rdi],rsi
  4f3  mov [rax+rdi+8],rbx
  4f8  lea rdi,[r11+20h]
  4ff  cmp rdi,rcx
  502  cmova rdi,rcx
  506  mov rsi,[rdx+rdi]
  50a  mov rbx,[rdx+rdi+8]
  50f  mov [rax+rdi],rsi
  513  mov [rax+rdi+8],rbx
  518  lea rdi,[r11+30h]
  51f  cmp rdi,rcx
  522  cmova rdi,rcx
  526  mov rsi,[rdx+rdi]
  52a  mov rbx,[rdx+rdi+8]
  52f  mov [rax+rdi],rsi
  533  mov [rax+rdi+8],rbx
  538  add r11,40h
  53c  cmp rdi,rcx
  53f  jb 4b8
  545  pop rbx
  546  pop rsi
  547  pop rdi
  548  ret
  549  int3
  54a  cmp ecx,4
  550  jb 574
  556  sub rcx,4
  55a  cmovb rdx,r13
  55e  cmovb rcx,[r14+50h]
  566  mov r11d,[rdx]
  569  mov edx,[rdx+rcx]
  56c  mov [rax],r11d
  56f  mov [rax+rcx],edx
  572  ret
  573  int3
  574  sub rcx,1
  578  jb 5a6
  57e  cmovb rdx,r13
  582  cmovb rcx,[r14+50h]
  58a  movzx r11d,byte ptr [rdx]
  58e  mov [rax],r11b
  591  movzx r11d,byte ptr [rdx+rcx]
  596  mov [rax+rcx],r11b
  59a  shr ecx,1
  59d  movzx r11d,byte ptr [rdx+rcx]
  5a2  mov [rax+rcx],r11b
  5a6  ret
  5a7  int3
  5a8  push rdi
  5a9  push rsi
  5aa  lea rdi,[r13+rax]
  5af  lea rsi,[r13+rdx]
  5b4  rep movsb [rdi],[rsi]
  5b6  pop rsi
  5b7  pop rdi
  5b8  ret
  5b9  int3
  5ba  mov r11,[rsp]
  5be  mov [r15+28h],r11
  5c5  push rax
  5c7  push rcx
  5c9  push rdx
  5cb  push rbx
  5cd  push rbp
  5cf  push rsi
  5d1  push rdi
  5d3  push r8
  5d5  push r9
  5d7  push r10
  5d9  push r11
  5db  push r12
  5dd  push r13
  5df  push r14
  5e1  cmp dword ptr [r15+50h],0
  5ec  je 689
  5f2  sub rsp,100h
  5f9  movups [rsp],xmm0
  602  movups [rsp+10h],xmm1
  60b  movups [rsp+20h],xmm2
  614  movups [rsp+30h],xmm3
  61d  movups [rsp+40h],xmm4
  626  movups [rsp+50h],xmm5
  62f  movups [rsp+60h],xmm6
  638  movups [rsp+70h],xmm7
  641  movups [rsp+80h],xmm8
  64a  movups [rsp+90h],xmm9
  653  movups [rsp+0A0h],xmm10
  65c  movups [rsp+0B0h],xmm11
  665  movups [rsp+0C0h],xmm12
  66e  movups [rsp+0D0h],xmm13
  677  movups [rsp+0E0h],xmm14
  680  movups [rsp+0F0h],xmm15
  689  push rcx
  68a  push rdx
  68b  push rax
  68c  push 0
  68e  push 0
  690  mov [r15+30h],rsp
  697  mov dword ptr [r15+24h],2
  6a2  mov dword ptr [r15+20h],4
  6ad  call 39
  6b2  endbr64
  6b6  add rsp,28h
  6bd  cmp dword ptr [r15+50h],0
  6c8  je 765
  6ce  movups xmm0,[rsp]
  6d7  movups xmm1,[rsp+10h]
  6e0  movups xmm2,[rsp+20h]
  6e9  movups xmm3,[rsp+30h]
  6f2  movups xmm4,[rsp+40h]
  6fb  movups xmm5,[rsp+50h]
  704  movups xmm6,[rsp+60h]
  70d  movups xmm7,[rsp+70h]
  716  movups xmm8,[rsp+80h]
  71f  movups xmm9,[rsp+90h]
  728  movups xmm10,[rsp+0A0h]
  731  movups xmm11,[rsp+0B0h]
  73a  movups xmm12,[rsp+0C0h]
  743  movups xmm13,[rsp+0D0h]
  74c  movups xmm14,[rsp+0E0h]
  755  movups xmm15,[rsp+0F0h]
  75e  add rsp,100h
  765  pop r14
  767  pop r13
  769  pop r12
  76b  pop r11
  76d  pop r10
  76f  pop r9
  771  pop r8
  773  pop rdi
  775  pop rsi
  777  pop rbp
  779  pop rbx
  77b  pop rdx
  77d  pop rcx
  77f  pop rax
  781  ret
  782  int3
  783  mov r11,[r14+8]
  78a  cmp rcx,r11
  78d  ja 2b1
  793  cmova rcx,[r14+50h]
  79b  cmova rdx,[r14+50h]
  7a3  sub r11,rcx
  7a6  cmp rax,r11
  7a9  ja 2b1
  7af  cmova rcx,[r14+50h]
  7b7  cmova rdx,[r14+50h]
  7bf  cmp rcx,400h
  7c6  ja 8a1
  7cc  add rax,r13
  7cf  movzx edx,dl
  7d2  mov r11,101010101010101h
  7dc  imul rdx,r11
  7e0  cmp ecx,8
  7e6  jb 876
  7ec  cmp ecx,10h
  7f2  ja 802
  7f8  mov [rax],rdx
  7fb  mov [rax+rcx-8],rdx
  800  ret
  801  int3
  802  sub rcx,10h
  806  push rdi
  807  xor r11d,r11d
  80a  lea rdi,[r11]
  811  cmp rdi,rcx
  814  cmova rdi,rcx
  818  mov [rax+rdi],rdx
  81c  mov [rax+rdi+8],rdx
  821  lea rdi,[r11+10h]
  828  cmp rdi,rcx
  82b  cmova rdi,rcx
  82f  mov [rax+rdi],rdx
  833  mov [rax+rdi+8],rdx
  838  lea rdi,[r11+20h]
  83f  cmp rdi,rcx
  842  cmova rdi,rcx
  846  mov [rax+rdi],rdx
  84a  mov [rax+rdi+8],rdx
  84f  lea rdi,[r11+30h]
  856  cmp rdi,rcx
  859  cmova rdi,rcx
  85d  mov [rax+rdi],rdx
  861  mov [rax+rdi+8],rdx
  866  add r11,40h
  86a  cmp rdi,rcx
  86d  jb 80a
  873  pop rdi
  874  ret
  875  int3
  876  cmp ecx,4
  87c  jb 88a
  882  mov [rax],edx
  884  mov [rax+rcx-4],edx
  888  ret
  889  int3
  88a  sub rcx,1
  88e  jb 89f
  894  mov [rax],dl
  896  mov [rax+rcx],dl
  899  shr ecx,1
  89c  mov [rax+rcx],dl
  89f  ret
  8a0  int3
  8a1  cmp rcx,4000h
  8a8  ja 8bb
  8ae  push rdi
  8af  lea rdi,[r13+rax]
  8b4  mov eax,edx
  8b6  rep stosb [rdi]
  8b8  pop rdi
  8b9  ret
  8ba  int3
  8bb  mov r11,[rsp]
  8bf  mov [r15+28h],r11
  8c6  push rax
  8c8  push rcx
  8ca  push rdx
  8cc  push rbx
  8ce  push rbp
  8d0  push rsi
  8d2  push rdi
  8d4  push r8
  8d6  push r9
  8d8  push r10
  8da  push r11
  8dc  push r12
  8de  push r13
  8e0  push r14
  8e2  cmp dword ptr [r15+50h],0
  8ed  je 98a
  8f3  sub rsp,100h
  8fa  movups [rsp],xmm0
  903  movups [rsp+10h],xmm1
  90c  movups [rsp+20h],xmm2
  915  movups [rsp+30h],xmm3
  91e  movups [rsp+40h],xmm4
  927  movups [rsp+50h],xmm5
  930  movups [rsp+60h],xmm6
  939  movups [rsp+70h],xmm7
  942  movups [rsp+80h],xmm8
  94b  movups [rsp+90h],xmm9
  954  movups [rsp+0A0h],xmm10
  95d  movups [rsp+0B0h],xmm11
  966  movups [rsp+0C0h],xmm12
  96f  movups [rsp+0D0h],xmm13
  978  movups [rsp+0E0h],xmm14
  981  movups [rsp+0F0h],xmm15
  98a  push rcx
  98b  push rdx
  98c  push rax
  98d  push 0
  98f  mov [r15+30h],rsp
  996  mov dword ptr [r15+24h],1
  9a1  mov dword ptr [r15+20h],4
  9ac  call 39
  9b1  endbr64
  9b5  add rsp,20h
  9bc  cmp dword ptr [r15+50h],0
  9c7  je a64
  9cd  movups xmm0,[rsp]
  9d6  movups xmm1,[rsp+10h]
  9df  movups xmm2,[rsp+20h]
  9e8  movups xmm3,[rsp+30h]
  9f1  movups xmm4,[rsp+40h]
  9fa  movups xmm5,[rsp+50h]
  a03  movups xmm6,[rsp+60h]
  a0c  movups xmm7,[rsp+70h]
  a15  movups xmm8,[rsp+80h]
  a1e  movups xmm9,[rsp+90h]
  a27  movups xmm10,[rsp+0A0h]
  a30  movups xmm11,[rsp+0B0h]
  a39  movups xmm12,[rsp+0C0h]
  a42  movups xmm13,[rsp+0D0h]
  a4b  movups xmm14,[rsp+0E0h]
  a54  movups xmm15,[rsp+0F0h]
  a5d  add rsp,100h
  a64  pop r14
  a66  pop r13
  a68  pop r12
  a6a  pop r11
  a6c  pop r10
  a6e  pop r9
  a70  pop r8
  a72  pop rdi
  a74  pop rsi
  a76  pop rbp
  a78  pop rbx
  a7a  pop rdx
  a7c  pop rcx
  a7e  pop rax
  a80  ret
  a81  int3
  a82  int3
  a83  int3
  a84  int3
  a85  int3
  a86  int3
  a87  int3
  a88  int3
  a89  int3
  a8a  int3
  a8b  int3
  a8c  int3
  a8d  int3
  a8e  int3
  a8f  int3
