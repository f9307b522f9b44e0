; function 1 direct
    0  push r14
    2  call 20
    7  pop r14
    9  mov r13,[r14]
    c  jmp 11
   11  int3
   12  int3
   13  int3
   14  int3
   15  int3
   16  int3
   17  int3
   18  int3
   19  int3
   1a  int3
   1b  int3
   1c  int3
   1d  int3
   1e  int3
   1f  int3
   20  endbr64
   24  cmp rsp,[r15]
   27  jb 46
   2d  sub rsp,8
   34  lea esi,[rdi+1]
   37  mov rdi,rsi
   3a  add rsp,8
   41  jmp 20
   46  call stub  ; call stack exhausted
   4b  jmp 24
; function 2 imported_callee
    0  push r14
    2  call 20
    7  pop r14
    9  mov r13,[r14]
    c  jmp 11
   11  int3
   12  int3
   13  int3
   14  int3
   15  int3
   16  int3
   17  int3
   18  int3
   19  int3
   1a  int3
   1b  int3
   1c  int3
   1d  int3
   1e  int3
   1f  int3
   20  endbr64
   24  cmp rsp,[r15]
   27  jb 4f
   2d  sub rsp,8
   34  mov rax,[r14+18h]
   38  add rsp,8
   3f  mov r11,[rax]
   42  mov r14,[rax+8]
   46  mov r13,[r14]
   49  jmp 4e
   4e  int3
   4f  call stub  ; call stack exhausted
   54  jmp 24
; function 3 indirect
    0  push r14
    2  call 20
    7  pop r14
    9  mov r13,[r14]
    c  jmp 11
   11  int3
   12  int3
   13  int3
   14  int3
   15  int3
   16  int3
   17  int3
   18  int3
   19  int3
   1a  int3
   1b  int3
   1c  int3
   1d  int3
   1e  int3
   1f  int3
   20  endbr64
   24  cmp rsp,[r15]
   27  jb 89
   2d  sub rsp,10h
   34  mov eax,esi
   36  mov r11,[r14+58h]
   3a  cmp rax,[r11+8]
   3e  jae 90
   44  cmovae rax,[r14+50h]
   49  mov r11,[r11]
   4c  mov rax,[r11+rax*8]
   50  test rax,rax
   53  je 95
   59  mov r11,[r14+20h]
   5d  mov r11d,[r11]
   60  mov r13,[rax]
   63  cmp r11d,[rax+10h]
   67  jne 9a
   6d  cmovne r13,[r14+50h]
   72  add rsp,10h
   79  mov r11,r13
   7c  mov r14,[rax+8]
   80  mov r13,[r14]
   83  jmp 88
   88  int3
   89  call stub  ; call stack exhausted
   8e  jmp 24
   90  call stub  ; undefined element
   95  call stub  ; uninitialized element
   9a  call stub  ; indirect call type mismatch
; function 4 reference
    0  push r14
    2  call 20
    7  pop r14
    9  mov r13,[r14]
    c  jmp 11
   11  int3
   12  int3
   13  int3
   14  int3
   15  int3
   16  int3
   17  int3
   18  int3
   19  int3
   1a  int3
   1b  int3
   1c  int3
   1d  int3
   1e  int3
   1f  int3
   20  endbr64
   24  cmp rsp,[r15]
   27  jb 57
   2d  sub rsp,10h
   34  mov rax,rsi
   37  test rax,rax
   3a  je 5e
   40  add rsp,10h
   47  mov r11,[rax]
   4a  mov r14,[rax+8]
   4e  mov r13,[r14]
   51  jmp 56
   56  int3
   57  call stub  ; call stack exhausted
   5c  jmp 24
   5e  call stub  ; null function reference
; function 5 eight
    0  push r14
    2  sub rsp,10h
    6  mov rbp,[rsp+20h]
    b  mov [rsp],rbp
    f  mov rbp,[rsp+28h]
   14  mov [rsp+8],rbp
   19  call 40
   1e  pop r14
   20  mov r13,[r14]
   23  pop r11
   25  add rsp,10h
   2c  push r11
   2e  jmp 33
   33  int3
   34  int3
   35  int3
   36  int3
   37  int3
   38  int3
   39  int3
   3a  int3
   3b  int3
   3c  int3
   3d  int3
   3e  int3
   3f  int3
   40  endbr64
   44  cmp rsp,[r15]
   47  jb 9d
   4d  sub rsp,40h
   54  mov [rsp],rdi
   58  mov [rsp+8],rsi
   5d  mov rbx,rdx
   60  mov rbp,rcx
   63  lea r11,[rsp+40h]
   6b  mov r12d,[r11+8]
   6f  mov r10d,[r11+10h]
   73  mov rdi,r10
   76  mov rsi,r12
   79  mov rdx,r9
   7c  mov r9,rbx
   7f  mov rcx,r8
   82  mov r8,rbp
   85  lea r11,[rsp+40h]
   8d  mov rbx,[r11]
   90  mov [r11+10h],rbx
   94  lea rsp,[r11+10h]
   98  jmp stub
   9d  call stub  ; call stack exhausted
   a2  jmp 44
; function 6 six
    0  push r14
    2  call 20
    7  pop r14
    9  mov r13,[r14]
    c  jmp 11
   11  int3
   12  int3
   13  int3
   14  int3
   15  int3
   16  int3
   17  int3
   18  int3
   19  int3
   1a  int3
   1b  int3
   1c  int3
   1d  int3
   1e  int3
   1f  int3
   20  endbr64
   24  cmp rsp,[r15]
   27  jb 79
   2d  sub rsp,30h
   34  mov rbx,rdx
   37  mov rbp,rcx
   3a  sub rsp,10h
   3e  mov qword ptr [rsp],6
   46  mov [rsp+8],rdi
   4b  mov rdx,rbx
   4e  mov rcx,rbp
   51  lea r11,[rsp+30h]
   59  mov rbx,[r11+10h]
   5d  mov r12,[rsp+8]
   62  mov [r11+10h],r12
   66  mov r12,[rsp]
   6a  mov [r11+8],r12
   6e  mov [r11],rbx
   71  lea rsp,[r11]
   74  jmp stub
   79  call stub  ; call stack exhausted
   7e  jmp 24
; function 7 caller
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 30
    d  sub rsp,8
   14  mov [rsp],rdi
   18  mov edi,[rsp]
   1b  call function 1
   20  add eax,1
   23  add rsp,8
   2a  jmp 2f
   2f  int3
   30  call stub  ; call stack exhausted
   35  jmp 4
