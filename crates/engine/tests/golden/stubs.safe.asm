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
  40a  cmova rcx,[r14+50h]
  412  cmova rdx,[r14+50h]
  41a  sub r11,rcx
  41d  cmp rax,r11
  420  ja 2b1
  426  cmova rcx,[r14+50h]
  42e  cmova rdx,[r14+50h]
  436  cmp rdx,r11
  439  ja 2b1
  43f  cmova rcx,[r14+50h]
  447  cmova rdx,[r14+50h]
  44f  cmp rcx,4000h
  456  ja 5dc
  45c  mov r11,rax
  45f  sub r11,rdx
  462  cmp r11,rcx
  465  jb 5dc
  46b  cmp ecx,100h
  471  ja 5ca
  477  mov r11,rdx
  47a  sub r11,rax
  47d  cmp r11,rcx
  480  jb 5ca
  486  add rax,r13
  489  add rdx,r13
  48c  cmp ecx,8
  492  jb 56c
  498  cmp ecx,10h
  49e  ja 4c4
  4a4  sub rcx,8
  4a8  cmovb rdx,r13
  4ac  cmovb rcx,[r14+50h]
  4b4  mov r11,[rdx]
  4b7  mov rdx,[rdx+rcx]
  4bb  mov [rax],r11
  4be  mov [rax+rcx],rdx
  4c2  ret
  4c3  int3
  4c4  sub rcx,10h
  4c8  cmovb rdx,r13
  4cc  cmovb rcx,[r14+50h]
  4d4  push rdi
  4d5  push rsi
  4d6  push rbx
  4d7  xor r11d,r11d
  4da  lea rdi,[r11]
  4e1  cmp rdi,rcx
  4e4  cmova rdi,rcx
  4e8  mov rsi,[rdx+rdi]
  4ec  mov rbx,[rdx+rdi+8]
  4f1  mov [rax+rdi],rsi
  4f5  mov [rax+rdi+8],rbx
  4fa  lea rdi,[r11+10h]
  501  cmp rdi,rcx
  504  cmova rdi,rcx
  508  mov rsi,[rdx+rdi]
  50c  mov rbx,[rdx+rdi+8]
  511  mov [rax+rdi],rsi
  515  mov [rax+rdi+8],rbx
  51a  lea rdi,[r11+20h]
  521  cmp rdi,rcx
  524  cmova rdi,rcx
  528  mov rsi,[rdx+rdi]
  52c  mov rbx,[rdx+rdi+8]
  531  mov [rax+rdi],rsi
  535  mov [rax+rdi+8],rbx
  53a  lea rdi,[r11+30h]
  541  cmp rdi,rcx
  544  cmova rdi,rcx
  548  mov rsi,[rdx+rdi]
  54c  mov rbx,[rdx+rdi+8]
  551  mov [rax+rdi],rsi
  555  mov [rax+rdi+8],rbx
  55a  add r11,40h
  55e  cmp rdi,rcx
  561  jb 4da
  567  pop rbx
  568  pop rsi
  569  pop rdi
  56a  ret
  56b  int3
  56c  cmp ecx,4
  572  jb 596
  578  sub rcx,4
  57c  cmovb rdx,r13
  580  cmovb rcx,[r14+50h]
  588  mov r11d,[rdx]
  58b  mov edx,[rdx+rcx]
  58e  mov [rax],r11d
  591  mov [rax+rcx],edx
  594  ret
  595  int3
  596  sub rcx,1
  59a  jb 5c8
  5a0  cmovb rdx,r13
  5a4  cmovb rcx,[r14+50h]
  5ac  movzx r11d,byte ptr [rdx]
  5b0  mov [rax],r11b
  5b3  movzx r11d,byte ptr [rdx+rcx]
  5b8  mov [rax+rcx],r11b
  5bc  shr ecx,1
  5bf  movzx r11d,byte ptr [rdx+rcx]
  5c4  mov [rax+rcx],r11b
  5c8  ret
  5c9  int3
  5ca  push rdi
  5cb  push rsi
  5cc  lea rdi,[r13+rax]
  5d1  lea rsi,[r13+rdx]
  5d6  rep movsb [rdi],[rsi]
  5d8  pop rsi
  5d9  pop rdi
  5da  ret
  5db  int3
  5dc  mov r11,[rsp]
  5e0  mov [r15+28h],r11
  5e7  push rax
  5e9  push rcx
  5eb  push rdx
  5ed  push rbx
  5ef  push rbp
  5f1  push rsi
  5f3  push rdi
  5f5  push r8
  5f7  push r9
  5f9  push r10
  5fb  push r11
  5fd  push r12
  5ff  push r13
  601  push r14
  603  cmp dword ptr [r15+50h],0
  60e  je 6ab
  614  sub rsp,100h
  61b  movups [rsp],xmm0
  624  movups [rsp+10h],xmm1
  62d  movups [rsp+20h],xmm2
  636  movups [rsp+30h],xmm3
  63f  movups [rsp+40h],xmm4
  648  movups [rsp+50h],xmm5
  651  movups [rsp+60h],xmm6
  65a  movups [rsp+70h],xmm7
  663  movups [rsp+80h],xmm8
  66c  movups [rsp+90h],xmm9
  675  movups [rsp+0A0h],xmm10
  67e  movups [rsp+0B0h],xmm11
  687  movups [rsp+0C0h],xmm12
  690  movups [rsp+0D0h],xmm13
  699  movups [rsp+0E0h],xmm14
  6a2  movups [rsp+0F0h],xmm15
  6ab  push rcx
  6ac  push rdx
  6ad  push rax
  6ae  push 0
  6b0  push 0
  6b2  mov [r15+30h],rsp
  6b9  mov dword ptr [r15+24h],2
  6c4  mov dword ptr [r15+20h],4
  6cf  call 39
  6d4  endbr64
  6d8  add rsp,28h
  6df  cmp dword ptr [r15+50h],0
  6ea  je 787
  6f0  movups xmm0,[rsp]
  6f9  movups xmm1,[rsp+10h]
  702  movups xmm2,[rsp+20h]
  70b  movups xmm3,[rsp+30h]
  714  movups xmm4,[rsp+40h]
  71d  movups xmm5,[rsp+50h]
  726  movups xmm6,[rsp+60h]
  72f  movups xmm7,[rsp+70h]
  738  movups xmm8,[rsp+80h]
  741  movups xmm9,[rsp+90h]
  74a  movups xmm10,[rsp+0A0h]
  753  movups xmm11,[rsp+0B0h]
  75c  movups xmm12,[rsp+0C0h]
  765  movups xmm13,[rsp+0D0h]
  76e  movups xmm14,[rsp+0E0h]
  777  movups xmm15,[rsp+0F0h]
  780  add rsp,100h
  787  pop r14
  789  pop r13
  78b  pop r12
  78d  pop r11
  78f  pop r10
  791  pop r9
  793  pop r8
  795  pop rdi
  797  pop rsi
  799  pop rbp
  79b  pop rbx
  79d  pop rdx
  79f  pop rcx
  7a1  pop rax
  7a3  ret
  7a4  int3
  7a5  mov r11,[r14+8]
  7ac  cmp rcx,r11
  7af  ja 2b1
  7b5  cmova rcx,[r14+50h]
  7bd  cmova rdx,[r14+50h]
  7c5  sub r11,rcx
  7c8  cmp rax,r11
  7cb  ja 2b1
  7d1  cmova rcx,[r14+50h]
  7d9  cmova rdx,[r14+50h]
  7e1  cmp rcx,400h
  7e8  ja 8c3
  7ee  add rax,r13
  7f1  movzx edx,dl
  7f4  mov r11,101010101010101h
  7fe  imul rdx,r11
  802  cmp ecx,8
  808  jb 898
  80e  cmp ecx,10h
  814  ja 824
  81a  mov [rax],rdx
  81d  mov [rax+rcx-8],rdx
  822  ret
  823  int3
  824  sub rcx,10h
  828  push rdi
  829  xor r11d,r11d
  82c  lea rdi,[r11]
  833  cmp rdi,rcx
  836  cmova rdi,rcx
  83a  mov [rax+rdi],rdx
  83e  mov [rax+rdi+8],rdx
  843  lea rdi,[r11+10h]
  84a  cmp rdi,rcx
  84d  cmova rdi,rcx
  851  mov [rax+rdi],rdx
  855  mov [rax+rdi+8],rdx
  85a  lea rdi,[r11+20h]
  861  cmp rdi,rcx
  864  cmova rdi,rcx
  868  mov [rax+rdi],rdx
  86c  mov [rax+rdi+8],rdx
  871  lea rdi,[r11+30h]
  878  cmp rdi,rcx
  87b  cmova rdi,rcx
  87f  mov [rax+rdi],rdx
  883  mov [rax+rdi+8],rdx
  888  add r11,40h
  88c  cmp rdi,rcx
  88f  jb 82c
  895  pop rdi
  896  ret
  897  int3
  898  cmp ecx,4
  89e  jb 8ac
  8a4  mov [rax],edx
  8a6  mov [rax+rcx-4],edx
  8aa  ret
  8ab  int3
  8ac  sub rcx,1
  8b0  jb 8c1
  8b6  mov [rax],dl
  8b8  mov [rax+rcx],dl
  8bb  shr ecx,1
  8be  mov [rax+rcx],dl
  8c1  ret
  8c2  int3
  8c3  cmp rcx,4000h
  8ca  ja 8dd
  8d0  push rdi
  8d1  lea rdi,[r13+rax]
  8d6  mov eax,edx
  8d8  rep stosb [rdi]
  8da  pop rdi
  8db  ret
  8dc  int3
  8dd  mov r11,[rsp]
  8e1  mov [r15+28h],r11
  8e8  push rax
  8ea  push rcx
  8ec  push rdx
  8ee  push rbx
  8f0  push rbp
  8f2  push rsi
  8f4  push rdi
  8f6  push r8
  8f8  push r9
  8fa  push r10
  8fc  push r11
  8fe  push r12
  900  push r13
  902  push r14
  904  cmp dword ptr [r15+50h],0
  90f  je 9ac
  915  sub rsp,100h
  91c  movups [rsp],xmm0
  925  movups [rsp+10h],xmm1
  92e  movups [rsp+20h],xmm2
  937  movups [rsp+30h],xmm3
  940  movups [rsp+40h],xmm4
  949  movups [rsp+50h],xmm5
  952  movups [rsp+60h],xmm6
  95b  movups [rsp+70h],xmm7
  964  movups [rsp+80h],xmm8
  96d  movups [rsp+90h],xmm9
  976  movups [rsp+0A0h],xmm10
  97f  movups [rsp+0B0h],xmm11
  988  movups [rsp+0C0h],xmm12
  991  movups [rsp+0D0h],xmm13
  99a  movups [rsp+0E0h],xmm14
  9a3  movups [rsp+0F0h],xmm15
  9ac  push rcx
  9ad  push rdx
  9ae  push rax
  9af  push 0
  9b1  mov [r15+30h],rsp
  9b8  mov dword ptr [r15+24h],1
  9c3  mov dword ptr [r15+20h],4
  9ce  call 39
  9d3  endbr64
  9d7  add rsp,20h
  9de  cmp dword ptr [r15+50h],0
  9e9  je a86
  9ef  movups xmm0,[rsp]
  9f8  movups xmm1,[rsp+10h]
  a01  movups xmm2,[rsp+20h]
  a0a  movups xmm3,[rsp+30h]
  a13  movups xmm4,[rsp+40h]
  a1c  movups xmm5,[rsp+50h]
  a25  movups xmm6,[rsp+60h]
  a2e  movups xmm7,[rsp+70h]
  a37  movups xmm8,[rsp+80h]
  a40  movups xmm9,[rsp+90h]
  a49  movups xmm10,[rsp+0A0h]
  a52  movups xmm11,[rsp+0B0h]
  a5b  movups xmm12,[rsp+0C0h]
  a64  movups xmm13,[rsp+0D0h]
  a6d  movups xmm14,[rsp+0E0h]
  a76  movups xmm15,[rsp+0F0h]
  a7f  add rsp,100h
  a86  pop r14
  a88  pop r13
  a8a  pop r12
  a8c  pop r11
  a8e  pop r10
  a90  pop r9
  a92  pop r8
  a94  pop rdi
  a96  pop rsi
  a98  pop rbp
  a9a  pop rbx
  a9c  pop rdx
  a9e  pop rcx
  aa0  pop rax
  aa2  ret
  aa3  int3
  aa4  int3
  aa5  int3
  aa6  int3
  aa7  int3
  aa8  int3
  aa9  int3
  aaa  int3
  aab  int3
  aac  int3
  aad  int3
  aae  int3
  aaf  int3
