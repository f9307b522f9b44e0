; function 0 call_ref
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 51
    d  sub rsp,18h
   14  mov [rsp],r14
   18  mov [rsp+8],rdi
   1d  mov [rsp+10h],rsi
   22  mov rax,[rsp+10h]
   27  test rax,rax
   2a  je 58
   30  mov edi,[rsp+8]
   34  mov r11,[rax]
   37  mov r14,[rax+8]
   3b  mov r13,[r14]
   3e  call r11  ; host function failed
   41  mov r14,[rsp]
   45  mov r13,[r14]
   48  add rsp,18h
   4f  ret
   50  int3
   51  call stub  ; call stack exhausted
   56  jmp 4
   58  call stub  ; null function reference
; function 1 as_non_null
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 2f
    d  sub rsp,8
   14  mov rax,rdi
   17  mov rsi,rax
   1a  test rsi,rsi
   1d  je 36
   23  mov rax,rsi
   26  add rsp,8
   2d  ret
   2e  int3
   2f  call stub  ; call stack exhausted
   34  jmp 4
   36  call stub  ; null reference
; function 2 br_on_null
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 68
    d  sub rsp,18h
   14  mov [rsp],r14
   18  mov [rsp+8],rdi
   1d  mov [rsp+10h],rsi
   22  mov rdi,[rsp+10h]
   27  test rdi,rdi
   2a  mov eax,[rsp+8]
   2e  je 5f
   34  mov rsi,rax
   37  mov rax,rdi
   3a  test rax,rax
   3d  je 6f
   43  mov rdi,rsi
   46  mov r11,[rax]
   49  mov r14,[rax+8]
   4d  mov r13,[r14]
   50  call r11  ; host function failed
   53  mov r14,[rsp]
   57  mov r13,[r14]
   5a  jmp 5f
   5f  add rsp,18h
   66  ret
   67  int3
   68  call stub  ; call stack exhausted
   6d  jmp 4
   6f  call stub  ; null function reference
; function 3 br_on_non_null
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 35
    d  sub rsp,8
   14  mov rax,rdi
   17  test rax,rax
   1a  jne 27
   20  xor eax,eax
   22  jmp 2c
   27  mov eax,1
   2c  add rsp,8
   33  ret
   34  int3
   35  call stub  ; call stack exhausted
   3a  jmp 4
