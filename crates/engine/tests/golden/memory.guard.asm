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
    7  jb 2d
    d  sub rsp,8
   14  mov r11d,0F0000000h
   1a  lea r11,[r11+rdi]
   1e  movzx eax,byte ptr [r13+r11]  ; out of bounds memory access
   24  add rsp,8
   2b  ret
   2c  int3
   2d  call stub  ; call stack exhausted
   32  jmp 4
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
    7  jb 2b
    d  sub rsp,18h
   14  mov rbx,rdx
   17  mov eax,edi
   19  mov ecx,ebx
   1b  mov edx,esi
   1d  call stub  ; out of bounds memory access
   22  add rsp,18h
   29  ret
   2a  int3
   2b  call stub  ; call stack exhausted
   30  jmp 4
; function 10 again
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 6a
    d  sub rsp,10h
   14  mov dword ptr [r13+rdi+4],1  ; out of bounds memory access
   1d  mov dword ptr [r13+rdi],2  ; out of bounds memory access
   26  test esi,esi
   28  je 3c
   2e  mov dword ptr [r13+rdi+8],3  ; out of bounds memory access
   37  jmp 45
   3c  mov qword ptr [r13+rdi],4  ; out of bounds memory access
   45  mov dword ptr [r13+rdi],5  ; out of bounds memory access
   4e  mov dword ptr [r13+rdi+8],6  ; out of bounds memory access
   57  mov edi,[r13+rdi]  ; out of bounds memory access
   5c  mov eax,[r13+rdi]  ; out of bounds memory access
   61  add rsp,10h
   68  ret
   69  int3
   6a  call stub  ; call stack exhausted
   6f  jmp 4
; function 11 invariant
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 40
    d  sub rsp,10h
   14  mov dword ptr [r13+rdi],0  ; out of bounds memory access
   1d  cmp rsp,[r15]
   20  jb 47
   26  mov edx,[r13+rdi]  ; out of bounds memory access
   2b  add edx,esi
   2d  mov [r13+rdi],edx  ; out of bounds memory access
   32  sub esi,1
   35  jne 1d
   37  add rsp,10h
   3e  ret
   3f  int3
   40  call stub  ; call stack exhausted
   45  jmp 4
   47  call stub  ; call stack exhausted
   4c  jmp 26
; function 12 table
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 29
    d  sub rsp,8
   14  movzx esi,dil
   18  mov eax,[r13+rsi*4+400h]  ; out of bounds memory access
   20  add rsp,8
   27  ret
   28  int3
   29  call stub  ; call stack exhausted
   2e  jmp 4
; function 13 bytes
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 31
    d  sub rsp,8
   14  mov esi,edi
   16  shr esi,11h
   19  movzx edx,byte ptr [r13+rsi]  ; out of bounds memory access
   1f  movzx eax,byte ptr [r13+rdx+100h]  ; out of bounds memory access
   28  add rsp,8
   2f  ret
   30  int3
   31  call stub  ; call stack exhausted
   36  jmp 4
; function 14 wraps
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 2c
    d  sub rsp,8
   14  movzx esi,dil
   18  shl esi,2
   1b  add esi,0FFFFFFF8h
   1e  mov eax,[r13+rsi]  ; out of bounds memory access
   23  add rsp,8
   2a  ret
   2b  int3
   2c  call stub  ; call stack exhausted
   31  jmp 4
; function 15 move
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 42
    d  sub rsp,18h
   14  mov rbx,rdx
   17  mov eax,esi
   19  mov ecx,ebx
   1b  mov edx,edi
   1d  call stub  ; out of bounds memory access
   22  mov eax,8
   27  mov edx,40h
   2c  mov ecx,64h
   31  call stub  ; out of bounds memory access
   36  lea eax,[rdi+rbx]
   39  add rsp,18h
   40  ret
   41  int3
   42  call stub  ; call stack exhausted
   47  jmp 4
