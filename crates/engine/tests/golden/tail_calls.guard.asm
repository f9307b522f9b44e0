; function 1 direct
    0  push r14
    2  call 10
    7  pop r14
    9  mov r13,[r14]
    c  ret
    d  int3
    e  int3
    f  int3
   10  endbr64
   14  cmp rsp,[r15]
   17  jb 36
   1d  sub rsp,8
   24  lea esi,[rdi+1]
   27  mov rdi,rsi
   2a  add rsp,8
   31  jmp 10
   36  call stub  ; call stack exhausted
   3b  jmp 14
; function 2 imported_callee
    0  push r14
    2  call 10
    7  pop r14
    9  mov r13,[r14]
    c  ret
    d  int3
    e  int3
    f  int3
   10  endbr64
   14  cmp rsp,[r15]
   17  jb 3d
   1d  sub rsp,8
   24  mov rax,[r14+18h]
   28  add rsp,8
   2f  mov r11,[rax]
   32  mov r14,[rax+8]
   36  mov r13,[r14]
   39  jmp r11
   3c  int3
   3d  call stub  ; call stack exhausted
   42  jmp 14
; function 3 indirect
    0  push r14
    2  call 10
    7  pop r14
    9  mov r13,[r14]
    c  ret
    d  int3
    e  int3
    f  int3
   10  endbr64
   14  cmp rsp,[r15]
   17  jb 77
   1d  sub rsp,10h
   24  mov eax,esi
   26  mov r11,[r14+58h]
   2a  cmp rax,[r11+8]
   2e  jae 7e
   34  cmovae rax,[r14+50h]
   39  mov r11,[r11]
   3c  mov rax,[r11+rax*8]
   40  test rax,rax
   43  je 83
   49  mov r11,[r14+20h]
   4d  mov r11d,[r11]
   50  mov r13,[rax]
   53  cmp r11d,[rax+10h]
   57  jne 88
   5d  cmovne r13,[r14+50h]
   62  add rsp,10h
   69  mov r11,r13
   6c  mov r14,[rax+8]
   70  mov r13,[r14]
   73  jmp r11
   76  int3
   77  call stub  ; call stack exhausted
   7c  jmp 14
   7e  call stub  ; undefined element
   83  call stub  ; uninitialized element
   88  call stub  ; indirect call type mismatch
; function 4 reference
    0  push r14
    2  call 10
    7  pop r14
    9  mov r13,[r14]
    c  ret
    d  int3
    e  int3
    f  int3
   10  endbr64
   14  cmp rsp,[r15]
   17  jb 45
   1d  sub rsp,10h
   24  mov rax,rsi
   27  test rax,rax
   2a  je 4c
   30  add rsp,10h
   37  mov r11,[rax]
   3a  mov r14,[rax+8]
   3e  mov r13,[r14]
   41  jmp r11
   44  int3
   45  call stub  ; call stack exhausted
   4a  jmp 14
   4c  call stub  ; null function reference
; function 5 eight
    0  push r14
    2  sub rsp,10h
    6  mov rbp,[rsp+20h]
    b  mov [rsp],rbp
    f  mov rbp,[rsp+28h]
   14  mov [rsp+8],rbp
   19  call 30
   1e  pop r14
   20  mov r13,[r14]
   23  ret 10h
   26  int3
   27  int3
   28  int3
   29  int3
   2a  int3
   2b  int3
   2c  int3
   2d  int3
   2e  int3
   2f  int3
   30  endbr64
   34  cmp rsp,[r15]
   37  jb 8d
   3d  sub rsp,40h
   44  mov [rsp],rdi
   48  mov [rsp+8],rsi
   4d  mov rbx,rdx
   50  mov rbp,rcx
   53  lea r11,[rsp+40h]
   5b  mov r12d,[r11+8]
   5f  mov r10d,[r11+10h]
   63  mov rdi,r10
   66  mov rsi,r12
   69  mov rdx,r9
   6c  mov r9,rbx
   6f  mov rcx,r8
   72  mov r8,rbp
   75  lea r11,[rsp+40h]
   7d  mov rbx,[r11]
   80  mov [r11+10h],rbx
   84  lea rsp,[r11+10h]
   88  jmp stub
   8d  call stub  ; call stack exhausted
   92  jmp 34
; function 6 six
    0  push r14
    2  call 10
    7  pop r14
    9  mov r13,[r14]
    c  ret
    d  int3
    e  int3
    f  int3
   10  endbr64
   14  cmp rsp,[r15]
   17  jb 69
   1d  sub rsp,30h
   24  mov rbx,rdx
   27  mov rbp,rcx
   2a  sub rsp,10h
   2e  mov qword ptr [rsp],6
   36  mov [rsp+8],rdi
   3b  mov rdx,rbx
   3e  mov rcx,rbp
   41  lea r11,[rsp+30h]
   49  mov rbx,[r11+10h]
   4d  mov r12,[rsp+8]
   52  mov [r11+10h],r12
   56  mov r12,[rsp]
   5a  mov [r11+8],r12
   5e  mov [r11],rbx
   61  lea rsp,[r11]
   64  jmp stub
   69  call stub  ; call stack exhausted
   6e  jmp 14
; function 7 caller
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 2c
    d  sub rsp,8
   14  mov [rsp],rdi
   18  mov edi,[rsp]
   1b  call function 1
   20  add eax,1
   23  add rsp,8
   2a  ret
   2b  int3
   2c  call stub  ; call stack exhausted
   31  jmp 4
