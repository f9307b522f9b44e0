; function 0 load
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 21
    d  sub rsp,8
   14  mov eax,[rdi+r13]  ; out of bounds memory access
   18  add rsp,8
   1f  ret
   20  int3
   21  call stub  ; call stack exhausted
   26  jmp 4
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
   1a  lea r11,[r11+rdi]
   1e  movzx eax,byte ptr [r11+r13]  ; out of bounds memory access
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
    7  jb 21
    d  sub rsp,10h
   14  mov [rdi+r13],sil  ; out of bounds memory access
   18  add rsp,10h
   1f  ret
   20  int3
   21  call stub  ; call stack exhausted
   26  jmp 4
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
    7  jb 3c
    d  sub rsp,18h
   14  mov rbx,rdx
   17  cmp rsp,[r15]
   1a  jb 43
   20  mov rdx,[rdi+r13]  ; out of bounds memory access
   24  mov [rsi+r13],rdx  ; out of bounds memory access
   28  add esi,8
   2b  add edi,8
   2e  sub ebx,1
   31  jne 17
   33  add rsp,18h
   3a  ret
   3b  int3
   3c  call stub  ; call stack exhausted
   41  jmp 4
   43  call stub  ; call stack exhausted
   48  jmp 20
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
    7  jb 65
    d  sub rsp,10h
   14  mov dword ptr [r13+rdi+4],1  ; out of bounds memory access
   1d  mov dword ptr [rdi+r13],2  ; out of bounds memory access
   25  test esi,esi
   27  je 3b
   2d  mov dword ptr [r13+rdi+8],3  ; out of bounds memory access
   36  jmp 43
   3b  mov qword ptr [rdi+r13],4  ; out of bounds memory access
   43  mov dword ptr [rdi+r13],5  ; out of bounds memory access
   4b  mov dword ptr [r13+rdi+8],6  ; out of bounds memory access
   54  mov edi,[rdi+r13]  ; out of bounds memory access
   58  mov eax,[rdi+r13]  ; out of bounds memory access
   5c  add rsp,10h
   63  ret
   64  int3
   65  call stub  ; call stack exhausted
   6a  jmp 4
; function 11 invariant
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 3d
    d  sub rsp,10h
   14  mov dword ptr [rdi+r13],0  ; out of bounds memory access
   1c  cmp rsp,[r15]
   1f  jb 44
   25  mov edx,[rdi+r13]  ; out of bounds memory access
   29  add edx,esi
   2b  mov [rdi+r13],edx  ; out of bounds memory access
   2f  sub esi,1
   32  jne 1c
   34  add rsp,10h
   3b  ret
   3c  int3
   3d  call stub  ; call stack exhausted
   42  jmp 4
   44  call stub  ; call stack exhausted
   49  jmp 25
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
    7  jb 30
    d  sub rsp,8
   14  mov esi,edi
   16  shr esi,11h
   19  movzx edx,byte ptr [rsi+r13]  ; out of bounds memory access
   1e  movzx eax,byte ptr [r13+rdx+100h]  ; out of bounds memory access
   27  add rsp,8
   2e  ret
   2f  int3
   30  call stub  ; call stack exhausted
   35  jmp 4
; function 14 wraps
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 2b
    d  sub rsp,8
   14  movzx esi,dil
   18  shl esi,2
   1b  add esi,0FFFFFFF8h
   1e  mov eax,[rsi+r13]  ; out of bounds memory access
   22  add rsp,8
   29  ret
   2a  int3
   2b  call stub  ; call stack exhausted
   30  jmp 4
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
