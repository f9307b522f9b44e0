; function 0 load
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 38
    d  sub rsp,8
   14  mov r11,rdi
   17  add r11,8
   1b  jb 3f
   21  cmp r11,[r14+40h]
   25  jae 44
   2b  mov rax,[r11+r13]
   2f  add rsp,8
   36  ret
   37  int3
   38  call stub  ; call stack exhausted
   3d  jmp 4
   3f  call stub  ; out of bounds memory access
   44  call stub  ; out of bounds memory access
; function 1 store
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 2e
    d  sub rsp,10h
   14  mov r11,rdi
   17  cmp r11,[r14+8]
   1b  jae 35
   21  mov [r11+r13],sil
   25  add rsp,10h
   2c  ret
   2d  int3
   2e  call stub  ; call stack exhausted
   33  jmp 4
   35  call stub  ; out of bounds memory access
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
