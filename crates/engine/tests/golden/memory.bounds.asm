; function 0 load
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 30
    d  sub rsp,8
   14  cmp rdi,[r14+38h]
   18  jae 37
   1e  cmovae rdi,[r14+50h]
   23  mov eax,[rdi+r13]
   27  add rsp,8
   2e  ret
   2f  int3
   30  call stub  ; call stack exhausted
   35  jmp 4
   37  call stub  ; out of bounds memory access
; function 1 offset
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 3b
    d  sub rsp,8
   14  lea r11,[rdi+3E8h]
   1b  cmp r11,[r14+38h]
   1f  jae 42
   25  cmovae rdi,[r14+50h]
   2a  movsxd rax,[r13+rdi+3E8h]
   32  add rsp,8
   39  ret
   3a  int3
   3b  call stub  ; call stack exhausted
   40  jmp 4
   42  call stub  ; out of bounds memory access
; function 2 far
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 3b
    d  sub rsp,8
   14  mov r11d,0F0000000h
   1a  lea r11,[r11+rdi]
   1e  cmp r11,[r14+8]
   22  jae 42
   28  cmovae r11,[r14+50h]
   2d  movzx eax,byte ptr [r11+r13]
   32  add rsp,8
   39  ret
   3a  int3
   3b  call stub  ; call stack exhausted
   40  jmp 4
   42  call stub  ; out of bounds memory access
; function 3 constant
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 22
    d  sub rsp,0
   14  movzx eax,word ptr [r13+40h]
   19  add rsp,0
   20  ret
   21  int3
   22  call stub  ; call stack exhausted
   27  jmp 4
; function 4 store
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 30
    d  sub rsp,10h
   14  cmp rdi,[r14+8]
   18  jae 37
   1e  cmovae rdi,[r14+50h]
   23  mov [rdi+r13],sil
   27  add rsp,10h
   2e  ret
   2f  int3
   30  call stub  ; call stack exhausted
   35  jmp 4
   37  call stub  ; out of bounds memory access
; function 5 store_constant
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 39
    d  sub rsp,8
   14  lea r11,[rdi+8]
   18  cmp r11,[r14+40h]
   1c  jae 40
   22  cmovae rdi,[r14+50h]
   27  mov qword ptr [r13+rdi+8],0FFFFFFFFFFFFFFFFh
   30  add rsp,8
   37  ret
   38  int3
   39  call stub  ; call stack exhausted
   3e  jmp 4
   40  call stub  ; out of bounds memory access
; function 6 copy
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 5a
    d  sub rsp,18h
   14  mov rbx,rdx
   17  cmp rsp,[r15]
   1a  jb 61
   20  cmp rdi,[r14+40h]
   24  jae 68
   2a  cmovae rdi,[r14+50h]
   2f  mov rdx,[rdi+r13]
   33  cmp rsi,[r14+40h]
   37  jae 6d
   3d  cmovae rsi,[r14+50h]
   42  mov [rsi+r13],rdx
   46  add esi,8
   49  add edi,8
   4c  sub ebx,1
   4f  jne 17
   51  add rsp,18h
   58  ret
   59  int3
   5a  call stub  ; call stack exhausted
   5f  jmp 4
   61  call stub  ; call stack exhausted
   66  jmp 20
   68  call stub  ; out of bounds memory access
   6d  call stub  ; out of bounds memory access
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
    7  jb cb
    d  sub rsp,10h
   14  lea r11,[rdi+4]
   18  cmp r11,[r14+38h]
   1c  jae d5
   22  cmovae rdi,[r14+50h]
   27  mov dword ptr [r13+rdi+4],1
   30  mov dword ptr [rdi+r13],2
   38  test esi,esi
   3a  je 61
   40  lea r11,[rdi+8]
   44  cmp r11,[r14+38h]
   48  jae da
   4e  cmovae rdi,[r14+50h]
   53  mov dword ptr [r13+rdi+8],3
   5c  jmp 78
   61  cmp rdi,[r14+40h]
   65  jae df
   6b  cmovae rdi,[r14+50h]
   70  mov qword ptr [rdi+r13],4
   78  cmp rdi,[r14+38h]
   7c  jae e4
   82  cmovae rdi,[r14+50h]
   87  mov dword ptr [rdi+r13],5
   8f  lea r11,[rdi+8]
   93  cmp r11,[r14+38h]
   97  jae e9
   9d  cmovae rdi,[r14+50h]
   a2  mov dword ptr [r13+rdi+8],6
   ab  mov edi,[rdi+r13]
   af  cmp rdi,[r14+38h]
   b3  jae ee
   b9  cmovae rdi,[r14+50h]
   be  mov eax,[rdi+r13]
   c2  add rsp,10h
   c9  ret
   ca  int3
   cb  call stub  ; call stack exhausted
   d0  jmp 4
   d5  call stub  ; out of bounds memory access
   da  call stub  ; out of bounds memory access
   df  call stub  ; out of bounds memory access
   e4  call stub  ; out of bounds memory access
   e9  call stub  ; out of bounds memory access
   ee  call stub  ; out of bounds memory access
; function 11 invariant
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 4c
    d  sub rsp,10h
   14  cmp rdi,[r14+38h]
   18  jae 53
   1e  cmovae rdi,[r14+50h]
   23  mov dword ptr [rdi+r13],0
   2b  cmp rsp,[r15]
   2e  jb 58
   34  mov edx,[rdi+r13]
   38  add edx,esi
   3a  mov [rdi+r13],edx
   3e  sub esi,1
   41  jne 2b
   43  add rsp,10h
   4a  ret
   4b  int3
   4c  call stub  ; call stack exhausted
   51  jmp 4
   53  call stub  ; out of bounds memory access
   58  call stub  ; call stack exhausted
   5d  jmp 34
; function 12 table
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 29
    d  sub rsp,8
   14  movzx esi,dil
   18  mov eax,[r13+rsi*4+400h]
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
   19  movzx edx,byte ptr [rsi+r13]
   1e  movzx eax,byte ptr [r13+rdx+100h]
   27  add rsp,8
   2e  ret
   2f  int3
   30  call stub  ; call stack exhausted
   35  jmp 4
; function 14 wraps
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 3a
    d  sub rsp,8
   14  movzx esi,dil
   18  shl esi,2
   1b  add esi,0FFFFFFF8h
   1e  cmp rsi,[r14+38h]
   22  jae 41
   28  cmovae rsi,[r14+50h]
   2d  mov eax,[rsi+r13]
   31  add rsp,8
   38  ret
   39  int3
   3a  call stub  ; call stack exhausted
   3f  jmp 4
   41  call stub  ; out of bounds memory access
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
