; function 0 load
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 3e
    d  sub rsp,8
   14  mov r11,rdi
   17  add r11,8
   1b  sbb rsi,rsi
   1e  or r11,rsi
   21  cmp r11,[r14+40h]
   25  jae 45
   2b  cmovae r11,[r14+50h]
   30  mov rax,[r13+r11]  ; out of bounds memory access
   35  add rsp,8
   3c  ret
   3d  int3
   3e  call stub  ; call stack exhausted
   43  jmp 4
   45  call stub  ; out of bounds memory access
; function 1 store
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 34
    d  sub rsp,10h
   14  mov r11,rdi
   17  cmp r11,[r14+8]
   1b  jae 3b
   21  cmovae r11,[r14+50h]
   26  mov [r13+r11],sil  ; out of bounds memory access
   2b  add rsp,10h
   32  ret
   33  int3
   34  call stub  ; call stack exhausted
   39  jmp 4
   3b  call stub  ; out of bounds memory access
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
