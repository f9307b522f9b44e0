; function 0 load
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 39
    d  sub rsp,8
   14  mov r11,rdi
   17  add r11,8
   1b  jb 40
   21  cmp r11,[r14+40h]
   25  jae 45
   2b  mov rax,[r13+r11]
   30  add rsp,8
   37  ret
   38  int3
   39  call stub  ; call stack exhausted
   3e  jmp 4
   40  call stub  ; out of bounds memory access
   45  call stub  ; out of bounds memory access
; function 1 store
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 2f
    d  sub rsp,10h
   14  mov r11,rdi
   17  cmp r11,[r14+8]
   1b  jae 36
   21  mov [r13+r11],sil
   26  add rsp,10h
   2d  ret
   2e  int3
   2f  call stub  ; call stack exhausted
   34  jmp 4
   36  call stub  ; out of bounds memory access
; function 2 size
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 25
    d  sub rsp,0
   14  mov rax,[r14+8]
   18  shr rax,10h
   1c  add rsp,0
   23  ret
   24  int3
   25  call stub  ; call stack exhausted
   2a  jmp 4
