; function 0 load
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 22
    d  sub rsp,8
   14  mov eax,[r13+rdi]  ; out of bounds memory access
   19  add rsp,8
   20  ret
   21  int3
   22  call stub  ; call stack exhausted
   27  jmp 4
; function 1 offset
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 25
    d  sub rsp,8
   14  movsxd rax,[r13+rdi+3E8h]  ; out of bounds memory access
   1c  add rsp,8
   23  ret
   24  int3
   25  call stub  ; call stack exhausted
   2a  jmp 4
; function 2 far
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 2c
    d  sub rsp,8
   14  mov r11d,0F0000000h
   1a  add r11,rdi
   1d  movzx eax,byte ptr [r13+r11]  ; out of bounds memory access
   23  add rsp,8
   2a  ret
   2b  int3
   2c  call stub  ; call stack exhausted
   31  jmp 4
; function 3 constant
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 22
    d  sub rsp,0
   14  movzx eax,word ptr [r13+40h]  ; out of bounds memory access
   19  add rsp,0
   20  ret
   21  int3
   22  call stub  ; call stack exhausted
   27  jmp 4
; function 4 store
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 22
    d  sub rsp,10h
   14  mov [r13+rdi],sil  ; out of bounds memory access
   19  add rsp,10h
   20  ret
   21  int3
   22  call stub  ; call stack exhausted
   27  jmp 4
; function 5 store_constant
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 26
    d  sub rsp,8
   14  mov qword ptr [r13+rdi+8],0FFFFFFFFFFFFFFFFh  ; out of bounds memory access
   1d  add rsp,8
   24  ret
   25  int3
   26  call stub  ; call stack exhausted
   2b  jmp 4
; function 6 copy
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 3e
    d  sub rsp,18h
   14  mov rbx,rdx
   17  cmp rsp,[r15]
   1a  jb 45
   20  mov rdx,[r13+rdi]  ; out of bounds memory access
   25  mov [r13+rsi],rdx  ; out of bounds memory access
   2a  add esi,8
   2d  add edi,8
   30  sub ebx,1
   33  jne 17
   35  add rsp,18h
   3c  ret
   3d  int3
   3e  call stub  ; call stack exhausted
   43  jmp 4
   45  call stub  ; call stack exhausted
   4a  jmp 20
; function 7 size
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
; function 8 grow
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 4b
    d  sub rsp,8
   14  mov [rsp],rdi
   18  sub rsp,10h
   1c  mov qword ptr [rsp],0
   24  mov r11d,[rsp+10h]
   29  mov [rsp+8],r11
   2e  mov rax,rsp
   31  mov ecx,0
   36  call stub  ; out of bounds memory access
   3b  mov eax,[rsp]
   3e  add rsp,10h
   42  add rsp,8
   49  ret
   4a  int3
   4b  call stub  ; call stack exhausted
   50  jmp 4
; function 9 fill
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 66
    d  sub rsp,18h
   14  mov [rsp],rdi
   18  mov [rsp+8],rsi
   1d  mov [rsp+10h],rdx
   22  sub rsp,20h
   26  mov qword ptr [rsp],0
   2e  mov r11d,[rsp+20h]
   33  mov [rsp+8],r11
   38  mov r11d,[rsp+28h]
   3d  mov [rsp+10h],r11
   42  mov r11d,[rsp+30h]
   47  mov [rsp+18h],r11
   4c  mov rax,rsp
   4f  mov ecx,1
   54  call stub  ; out of bounds memory access
   59  add rsp,20h
   5d  add rsp,18h
   64  ret
   65  int3
   66  call stub  ; call stack exhausted
   6b  jmp 4
