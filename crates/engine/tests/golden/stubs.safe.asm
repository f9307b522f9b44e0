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
  401  ja 65c
  407  cmova rcx,[r14+50h]
  40f  mov r11,rax
  412  cmp rax,rdx
  415  cmovb r11,rdx
  419  add r11,rcx
  41c  cmp r11,[r14+8]
  423  ja 2b1
  429  cmova rax,[r14+50h]
  431  cmova rdx,[r14+50h]
  439  mov r11,rax
  43c  sub r11,rdx
  43f  cmp r11,rcx
  442  jb 65c
  448  cmp ecx,100h
  44e  ja 64a
  454  neg r11
  457  cmp r11,rcx
  45a  jb 64a
  460  add rax,r13
  463  add rdx,r13
  466  cmp ecx,10h
  46c  jbe 5c3
  472  sub ecx,10h
  475  cmovb rdx,r13
  479  cmovb rcx,[r14+50h]
  481  push rdi
  482  mov r11d,0
  488  cmp rcx,0
  48f  cmovl r11,rcx
  493  mov rdi,[rdx+r11]
  497  mov [rax+r11],rdi
  49b  mov rdi,[rdx+r11+8]
  4a0  mov [rax+r11+8],rdi
  4a5  mov r11d,10h
  4ab  cmp rcx,10h
  4b2  cmovl r11,rcx
  4b6  mov rdi,[rdx+r11]
  4ba  mov [rax+r11],rdi
  4be  mov rdi,[rdx+r11+8]
  4c3  mov [rax+r11+8],rdi
  4c8  mov r11d,20h
  4ce  cmp rcx,20h
  4d5  cmovl r11,rcx
  4d9  mov rdi,[rdx+r11]
  4dd  mov [rax+r11],rdi
  4e1  mov rdi,[rdx+r11+8]
  4e6  mov [rax+r11+8],rdi
  4eb  mov r11d,30h
  4f1  cmp rcx,30h
  4f8  cmovl r11,rcx
  4fc  mov rdi,[rdx+r11]
  500  mov [rax+r11],rdi
  504  mov rdi,[rdx+r11+8]
  509  mov [rax+r11+8],rdi
  50e  mov r11d,40h
  514  cmp rcx,40h
  51b  cmovl r11,rcx
  51f  mov rdi,[rdx+r11]
  523  mov [rax+r11],rdi
  527  mov rdi,[rdx+r11+8]
  52c  mov [rax+r11+8],rdi
  531  mov r11d,50h
  537  cmp rcx,50h
  53e  cmovl r11,rcx
  542  mov rdi,[rdx+r11]
  546  mov [rax+r11],rdi
  54a  mov rdi,[rdx+r11+8]
  54f  mov [rax+r11+8],rdi
  554  mov r11d,60h
  55a  cmp rcx,60h
  561  cmovl r11,rcx
  565  mov rdi,[rdx+r11]
  569  mov [rax+r11],rdi
  56d  mov rdi,[rdx+r11+8]
  572  mov [rax+r11+8],rdi
  577  mov r11d,70h
  57d  cmp rcx,70h
  584  cmovl r11,rcx
  588  mov rdi,[rdx+r11]
  58c  mov [rax+r11],rdi
  590  mov rdi,[rdx+r11+8]
  595  mov [rax+r11+8],rdi
  59a  cmp rcx,70h
  5a1  jle 5c0
  5a7  sub rcx,80h
  5ae  add rdx,80h
  5b5  add rax,80h
  5bb  jmp 482
  5c0  pop rdi
  5c1  ret
  5c2  int3
  5c3  cmp ecx,8
  5c9  jb 5ee
  5cf  sub ecx,8
  5d2  cmovb rdx,r13
  5d6  cmovb rcx,[r14+50h]
  5de  mov r11,[rdx]
  5e1  mov rdx,[rdx+rcx]
  5e5  mov [rax],r11
  5e8  mov [rax+rcx],rdx
  5ec  ret
  5ed  int3
  5ee  cmp ecx,4
  5f4  jb 617
  5fa  sub ecx,4
  5fd  cmovb rdx,r13
  601  cmovb rcx,[r14+50h]
  609  mov r11d,[rdx]
  60c  mov edx,[rdx+rcx]
  60f  mov [rax],r11d
  612  mov [rax+rcx],edx
  615  ret
  616  int3
  617  sub ecx,1
  61a  jb 648
  620  cmovb rdx,r13
  624  cmovb rcx,[r14+50h]
  62c  movzx r11d,byte ptr [rdx]
  630  mov [rax],r11b
  633  movzx r11d,byte ptr [rdx+rcx]
  638  mov [rax+rcx],r11b
  63c  shr ecx,1
  63f  movzx r11d,byte ptr [rdx+rcx]
  644  mov [rax+rcx],r11b
  648  ret
  649  int3
  64a  push rdi
  64b  push rsi
  64c  lea rdi,[r13+rax]
  651  lea rsi,[r13+rdx]
  656  rep movsb [rdi],[rsi]
  658  pop rsi
  659  pop rdi
  65a  ret
  65b  int3
  65c  mov r11,[rsp]
  660  mov [r15+28h],r11
  667  push rax
  669  push rcx
  66b  push rdx
  66d  push rbx
  66f  push rbp
  671  push rsi
  673  push rdi
  675  push r8
  677  push r9
  679  push r10
  67b  push r11
  67d  push r12
  67f  push r13
  681  push r14
  683  cmp dword ptr [r15+50h],0
  68e  je 72b
  694  sub rsp,100h
  69b  movups [rsp],xmm0
  6a4  movups [rsp+10h],xmm1
  6ad  movups [rsp+20h],xmm2
  6b6  movups [rsp+30h],xmm3
  6bf  movups [rsp+40h],xmm4
  6c8  movups [rsp+50h],xmm5
  6d1  movups [rsp+60h],xmm6
  6da  movups [rsp+70h],xmm7
  6e3  movups [rsp+80h],xmm8
  6ec  movups [rsp+90h],xmm9
  6f5  movups [rsp+0A0h],xmm10
  6fe  movups [rsp+0B0h],xmm11
  707  movups [rsp+0C0h],xmm12
  710  movups [rsp+0D0h],xmm13
  719  movups [rsp+0E0h],xmm14
  722  movups [rsp+0F0h],xmm15
  72b  push rcx
  72c  push rdx
  72d  push rax
  72e  push 0
  730  push 0
  732  mov [r15+30h],rsp
  739  mov dword ptr [r15+24h],2
  744  mov dword ptr [r15+20h],4
  74f  call 39
  754  endbr64
  758  add rsp,28h
  75f  cmp dword ptr [r15+50h],0
  76a  je 807
  770  movups xmm0,[rsp]
  779  movups xmm1,[rsp+10h]
  782  movups xmm2,[rsp+20h]
  78b  movups xmm3,[rsp+30h]
  794  movups xmm4,[rsp+40h]
  79d  movups xmm5,[rsp+50h]
  7a6  movups xmm6,[rsp+60h]
  7af  movups xmm7,[rsp+70h]
  7b8  movups xmm8,[rsp+80h]
  7c1  movups xmm9,[rsp+90h]
  7ca  movups xmm10,[rsp+0A0h]
  7d3  movups xmm11,[rsp+0B0h]
  7dc  movups xmm12,[rsp+0C0h]
  7e5  movups xmm13,[rsp+0D0h]
  7ee  movups xmm14,[rsp+0E0h]
  7f7  movups xmm15,[rsp+0F0h]
  800  add rsp,100h
  807  pop r14
  809  pop r13
  80b  pop r12
  80d  pop r11
  80f  pop r10
  811  pop r9
  813  pop r8
  815  pop rdi
  817  pop rsi
  819  pop rbp
  81b  pop rbx
  81d  pop rdx
  81f  pop rcx
  821  pop rax
  823  ret
  824  int3
  825  cmp rcx,4000h
  82c  ja 966
  832  cmova rcx,[r14+50h]
  83a  lea r11,[rax+rcx]
  83e  cmp r11,[r14+8]
  845  ja 2b1
  84b  cmova rax,[r14+50h]
  853  cmp rcx,400h
  85a  ja 959
  860  add rax,r13
  863  movzx edx,dl
  866  mov r11,101010101010101h
  870  imul rdx,r11
  874  sub rcx,8
  878  jb 931
  87e  cmp ecx,18h
  884  ja 8bd
  88a  mov [rax],rdx
  88d  mov r11d,8
  893  cmp rcx,8
  89a  cmovb r11,rcx
  89e  mov [rax+r11],rdx
  8a2  mov r11d,10h
  8a8  cmp rcx,10h
  8af  cmovb r11,rcx
  8b3  mov [rax+r11],rdx
  8b7  mov [rax+rcx],rdx
  8bb  ret
  8bc  int3
  8bd  sub rcx,8
  8c1  push rdi
  8c2  xor r11d,r11d
  8c5  lea rdi,[r11]
  8cc  cmp rdi,rcx
  8cf  cmova rdi,rcx
  8d3  mov [rax+rdi],rdx
  8d7  mov [rax+rdi+8],rdx
  8dc  lea rdi,[r11+10h]
  8e3  cmp rdi,rcx
  8e6  cmova rdi,rcx
  8ea  mov [rax+rdi],rdx
  8ee  mov [rax+rdi+8],rdx
  8f3  lea rdi,[r11+20h]
  8fa  cmp rdi,rcx
  8fd  cmova rdi,rcx
  901  mov [rax+rdi],rdx
  905  mov [rax+rdi+8],rdx
  90a  lea rdi,[r11+30h]
  911  cmp rdi,rcx
  914  cmova rdi,rcx
  918  mov [rax+rdi],rdx
  91c  mov [rax+rdi+8],rdx
  921  add r11,40h
  925  cmp rdi,rcx
  928  jb 8c5
  92e  pop rdi
  92f  ret
  930  int3
  931  add rcx,4
  935  js 942
  93b  mov [rax],edx
  93d  mov [rax+rcx],edx
  940  ret
  941  int3
  942  add rcx,3
  946  js 957
  94c  mov [rax],dl
  94e  mov [rax+rcx],dl
  951  shr ecx,1
  954  mov [rax+rcx],dl
  957  ret
  958  int3
  959  push rdi
  95a  lea rdi,[r13+rax]
  95f  mov eax,edx
  961  rep stosb [rdi]
  963  pop rdi
  964  ret
  965  int3
  966  mov r11,[rsp]
  96a  mov [r15+28h],r11
  971  push rax
  973  push rcx
  975  push rdx
  977  push rbx
  979  push rbp
  97b  push rsi
  97d  push rdi
  97f  push r8
  981  push r9
  983  push r10
  985  push r11
  987  push r12
  989  push r13
  98b  push r14
  98d  cmp dword ptr [r15+50h],0
  998  je a35
  99e  sub rsp,100h
  9a5  movups [rsp],xmm0
  9ae  movups [rsp+10h],xmm1
  9b7  movups [rsp+20h],xmm2
  9c0  movups [rsp+30h],xmm3
  9c9  movups [rsp+40h],xmm4
  9d2  movups [rsp+50h],xmm5
  9db  movups [rsp+60h],xmm6
  9e4  movups [rsp+70h],xmm7
  9ed  movups [rsp+80h],xmm8
  9f6  movups [rsp+90h],xmm9
  9ff  movups [rsp+0A0h],xmm10
  a08  movups [rsp+0B0h],xmm11
  a11  movups [rsp+0C0h],xmm12
  a1a  movups [rsp+0D0h],xmm13
  a23  movups [rsp+0E0h],xmm14
  a2c  movups [rsp+0F0h],xmm15
  a35  push rcx
  a36  push rdx
  a37  push rax
  a38  push 0
  a3a  mov [r15+30h],rsp
  a41  mov dword ptr [r15+24h],1
  a4c  mov dword ptr [r15+20h],4
  a57  call 39
  a5c  endbr64
  a60  add rsp,20h
  a67  cmp dword ptr [r15+50h],0
  a72  je b0f
  a78  movups xmm0,[rsp]
  a81  movups xmm1,[rsp+10h]
  a8a  movups xmm2,[rsp+20h]
  a93  movups xmm3,[rsp+30h]
  a9c  movups xmm4,[rsp+40h]
  aa5  movups xmm5,[rsp+50h]
  aae  movups xmm6,[rsp+60h]
  ab7  movups xmm7,[rsp+70h]
  ac0  movups xmm8,[rsp+80h]
  ac9  movups xmm9,[rsp+90h]
  ad2  movups xmm10,[rsp+0A0h]
  adb  movups xmm11,[rsp+0B0h]
  ae4  movups xmm12,[rsp+0C0h]
  aed  movups xmm13,[rsp+0D0h]
  af6  movups xmm14,[rsp+0E0h]
  aff  movups xmm15,[rsp+0F0h]
  b08  add rsp,100h
  b0f  pop r14
  b11  pop r13
  b13  pop r12
  b15  pop r11
  b17  pop r10
  b19  pop r9
  b1b  pop r8
  b1d  pop rdi
  b1f  pop rsi
  b21  pop rbp
  b23  pop rbx
  b25  pop rdx
  b27  pop rcx
  b29  pop rax
  b2b  ret
  b2c  int3
  b2d  int3
  b2e  int3
  b2f  int3
