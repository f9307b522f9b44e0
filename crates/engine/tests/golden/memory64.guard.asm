; function 0 load
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 3d
    d  sub rsp,8
   14  mov r11,rdi
   17  add r11,8
   1b  sbb rsi,rsi
   1e  or r11,rsi
   21  cmp r11,[r14+40h]
   25  jae 44
   2b  cmovae r11,[r14+50h]
   30  mov rax,[r11+r13]  ; out of bounds memory access
   34  add rsp,8
   3b  ret
   3c  int3
   3d  call stub  ; call stack exhausted
   42  jmp 4
   44  call stub  ; out of bounds memory access
; function 1 store
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 33
    d  sub rsp,10h
   14  mov r11,rdi
   17  cmp r11,[r14+8]
   1b  jae 3a
   21  cmovae r11,[r14+50h]
   26  mov [r11+r13],sil  ; out of bounds memory access
   2a  add rsp,10h
   31  ret
   32  int3
   33  call stub  ; call stack exhausted
   38  jmp 4
   3a  call stub  ; out of bounds memory access
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
