; function 0 load
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 27
    d  sub rsp,8
   14  mov rbx,rdi
   17  mov esi,[r13+rbx]  ; out of bounds memory access
   1c  mov eax,esi
   1e  add rsp,8
   25  ret
   26  int3
   27  call stub  ; call stack exhausted
   2c  jmp 4
; function 1 offset
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 2b
    d  sub rsp,8
   14  mov rbx,rdi
   17  movsxd rsi,[r13+rbx+3E8h]  ; out of bounds memory access
   1f  mov rax,rsi
   22  add rsp,8
   29  ret
   2a  int3
   2b  call stub  ; call stack exhausted
   30  jmp 4
; function 2 far
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 31
    d  sub rsp,8
   14  mov rbx,rdi
   17  mov r11d,0F0000000h
   1d  add r11,rbx
   20  movzx esi,byte ptr [r13+r11]  ; out of bounds memory access
   26  mov eax,esi
   28  add rsp,8
   2f  ret
   30  int3
   31  call stub  ; call stack exhausted
   36  jmp 4
; function 3 constant
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 24
    d  sub rsp,0
   14  movzx esi,word ptr [r13+40h]  ; out of bounds memory access
   19  mov eax,esi
   1b  add rsp,0
   22  ret
   23  int3
   24  call stub  ; call stack exhausted
   29  jmp 4
; function 4 store
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 28
    d  sub rsp,10h
   14  mov rbx,rdi
   17  mov rbp,rsi
   1a  mov [r13+rbx],bpl  ; out of bounds memory access
   1f  add rsp,10h
   26  ret
   27  int3
   28  call stub  ; call stack exhausted
   2d  jmp 4
; function 5 store_constant
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 29
    d  sub rsp,8
   14  mov rbx,rdi
   17  mov qword ptr [r13+rbx+8],0FFFFFFFFFFFFFFFFh  ; out of bounds memory access
   20  add rsp,8
   27  ret
   28  int3
   29  call stub  ; call stack exhausted
   2e  jmp 4
; function 6 copy
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 48
    d  sub rsp,18h
   14  mov rbx,rdi
   17  mov r12,rdx
   1a  mov rbp,rsi
   1d  cmp rsp,[r15]
   20  jb 4f
   26  mov rsi,[r13+rbx]  ; out of bounds memory access
   2b  mov [r13+rbp],rsi  ; out of bounds memory access
   30  add ebp,8
   33  add ebx,8
   36  sub r12d,1
   3a  test r12d,r12d
   3d  jne 1d
   3f  add rsp,18h
   46  ret
   47  int3
   48  call stub  ; call stack exhausted
   4d  jmp 4
   4f  call stub  ; call stack exhausted
   54  jmp 26
; function 7 size
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 27
    d  sub rsp,0
   14  mov rsi,[r14+8]
   18  shr rsi,10h
   1c  mov eax,esi
   1e  add rsp,0
   25  ret
   26  int3
   27  call stub  ; call stack exhausted
   2c  jmp 4
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
