; function 0 throw
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 48
    d  sub rsp,8
   14  mov [rsp],rdi
   18  sub rsp,18h
   1c  mov qword ptr [rsp],0
   24  mov r11d,[rsp+18h]
   29  mov [rsp+8],r11
   2e  mov qword ptr [rsp+10h],7
   37  mov rax,rsp
   3a  mov ecx,0Ah
   3f  call stub  ; out of bounds memory access
   44  add rsp,18h
   48  call stub  ; call stack exhausted
   4d  jmp 4
; function 1 catch
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 4f
    d  sub rsp,20h
   14  mov [rsp],r14
   18  mov [rsp+8],rdi
   1d  mov edi,[rsp+8]
   21  call function 0
   26  jmp 3b
   2b  endbr64
   2f  mov r14,[rsp]
   33  mov r13,[r14]
   36  jmp 42
   3b  xor eax,eax
   3d  jmp 46
   42  mov eax,[rsp+10h]
   46  add rsp,20h
   4d  ret
   4e  int3
   4f  call stub  ; call stack exhausted
   54  jmp 4
; function 2 catch_all_ref
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 4b
    d  sub rsp,18h
   14  mov [rsp],r14
   18  mov [rsp+8],rdi
   1d  mov edi,[rsp+8]
   21  call function 0
   26  jmp 40
   2b  endbr64
   2f  mov r14,[rsp]
   33  mov r13,[r14]
   36  mov rax,[rsp+10h]
   3b  jmp 42
   40  xor eax,eax
   42  add rsp,18h
   49  ret
   4a  int3
   4b  call stub  ; call stack exhausted
   50  jmp 4
; function 3 rethrow
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 36
    d  sub rsp,8
   14  mov [rsp],rdi
   18  sub rsp,8
   1c  mov r11,[rsp+8]
   21  mov [rsp],r11
   25  mov rax,rsp
   28  mov ecx,0Bh
   2d  call stub  ; out of bounds memory access
   32  add rsp,8
   36  call stub  ; call stack exhausted
   3b  jmp 4
; function 4 many
    0  endbr64
    4  cmp rsp,[r15]
    7  jb c7
    d  cmp dword ptr [r15+50h],0
   12  je d1
   18  sub rsp,0B0h
   1f  movups [rsp],xmm0
   23  mov [rsp+10h],rdi
   28  mov qword ptr [rsp+0A0h],7
   34  mov qword ptr [rsp+90h],6
   40  mov qword ptr [rsp+80h],5
   4c  mov qword ptr [rsp+70h],4
   55  mov qword ptr [rsp+60h],3
   5e  mov qword ptr [rsp+50h],2
   67  mov qword ptr [rsp+40h],1
   70  mov r11d,[rsp+10h]
   75  mov [rsp+30h],r11
   7a  movups xmm15,[rsp]
   7f  movups [rsp+20h],xmm15
   85  sub rsp,98h
   8c  mov qword ptr [rsp],1
   94  mov rcx,0FFFFFFFFFFFFFFEEh
   9b  movups xmm15,[rsp+rcx*8+148h]
   a4  movups [rsp+rcx*8+98h],xmm15
   ad  add rcx,2
   b1  jne 9b
   b3  mov rax,rsp
   b6  mov ecx,0Ah
   bb  call stub  ; out of bounds memory access
   c0  add rsp,98h
   c7  call stub  ; call stack exhausted
   cc  jmp 4
   d1  call stub
   d6  jmp 18
