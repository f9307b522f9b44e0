; function 0 load
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 31
    d  sub rsp,8
   14  cmp rdi,[r14+38h]
   18  jae 38
   1e  cmovae rdi,[r14+50h]
   23  mov eax,[r13+rdi]
   28  add rsp,8
   2f  ret
   30  int3
   31  call stub  ; call stack exhausted
   36  jmp 4
   38  call stub  ; out of bounds memory access
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
    7  jb 3c
    d  sub rsp,8
   14  mov r11d,0F0000000h
   1a  lea r11,[r11+rdi]
   1e  cmp r11,[r14+8]
   22  jae 43
   28  cmovae r11,[r14+50h]
   2d  movzx eax,byte ptr [r13+r11]
   33  add rsp,8
   3a  ret
   3b  int3
   3c  call stub  ; call stack exhausted
   41  jmp 4
   43  call stub  ; out of bounds memory access
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
    7  jb 31
    d  sub rsp,10h
   14  cmp rdi,[r14+8]
   18  jae 38
   1e  cmovae rdi,[r14+50h]
   23  mov [r13+rdi],sil
   28  add rsp,10h
   2f  ret
   30  int3
   31  call stub  ; call stack exhausted
   36  jmp 4
   38  call stub  ; out of bounds memory access
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
    7  jb 5c
    d  sub rsp,18h
   14  mov rbx,rdx
   17  cmp rsp,[r15]
   1a  jb 63
   20  cmp rdi,[r14+40h]
   24  jae 6a
   2a  cmovae rdi,[r14+50h]
   2f  mov rdx,[r13+rdi]
   34  cmp rsi,[r14+40h]
   38  jae 6f
   3e  cmovae rsi,[r14+50h]
   43  mov [r13+rsi],rdx
   48  add esi,8
   4b  add edi,8
   4e  sub ebx,1
   51  jne 17
   53  add rsp,18h
   5a  ret
   5b  int3
   5c  call stub  ; call stack exhausted
   61  jmp 4
   63  call stub  ; call stack exhausted
   68  jmp 20
   6a  call stub  ; out of bounds memory access
   6f  call stub  ; out of bounds memory access
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
    7  jb d0
    d  sub rsp,10h
   14  lea r11,[rdi+4]
   18  cmp r11,[r14+38h]
   1c  jae da
   22  cmovae rdi,[r14+50h]
   27  mov dword ptr [r13+rdi+4],1
   30  mov dword ptr [r13+rdi],2
   39  test esi,esi
   3b  je 62
   41  lea r11,[rdi+8]
   45  cmp r11,[r14+38h]
   49  jae df
   4f  cmovae rdi,[r14+50h]
   54  mov dword ptr [r13+rdi+8],3
   5d  jmp 7a
   62  cmp rdi,[r14+40h]
   66  jae e4
   6c  cmovae rdi,[r14+50h]
   71  mov qword ptr [r13+rdi],4
   7a  cmp rdi,[r14+38h]
   7e  jae e9
   84  cmovae rdi,[r14+50h]
   89  mov dword ptr [r13+rdi],5
   92  lea r11,[rdi+8]
   96  cmp r11,[r14+38h]
   9a  jae ee
   a0  cmovae rdi,[r14+50h]
   a5  mov dword ptr [r13+rdi+8],6
   ae  mov edi,[r13+rdi]
   b3  cmp rdi,[r14+38h]
   b7  jae f3
   bd  cmovae rdi,[r14+50h]
   c2  mov eax,[r13+rdi]
   c7  add rsp,10h
   ce  ret
   cf  int3
   d0  call stub  ; call stack exhausted
   d5  jmp 4
   da  call stub  ; out of bounds memory access
   df  call stub  ; out of bounds memory access
   e4  call stub  ; out of bounds memory access
   e9  call stub  ; out of bounds memory access
   ee  call stub  ; out of bounds memory access
   f3  call stub  ; out of bounds memory access
; function 11 invariant
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 4f
    d  sub rsp,10h
   14  cmp rdi,[r14+38h]
   18  jae 56
   1e  cmovae rdi,[r14+50h]
   23  mov dword ptr [r13+rdi],0
   2c  cmp rsp,[r15]
   2f  jb 5b
   35  mov edx,[r13+rdi]
   3a  add edx,esi
   3c  mov [r13+rdi],edx
   41  sub esi,1
   44  jne 2c
   46  add rsp,10h
   4d  ret
   4e  int3
   4f  call stub  ; call stack exhausted
   54  jmp 4
   56  call stub  ; out of bounds memory access
   5b  call stub  ; call stack exhausted
   60  jmp 35
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
    7  jb 31
    d  sub rsp,8
   14  mov esi,edi
   16  shr esi,11h
   19  movzx edx,byte ptr [r13+rsi]
   1f  movzx eax,byte ptr [r13+rdx+100h]
   28  add rsp,8
   2f  ret
   30  int3
   31  call stub  ; call stack exhausted
   36  jmp 4
; function 14 wraps
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 3b
    d  sub rsp,8
   14  movzx esi,dil
   18  shl esi,2
   1b  add esi,0FFFFFFF8h
   1e  cmp rsi,[r14+38h]
   22  jae 42
   28  cmovae rsi,[r14+50h]
   2d  mov eax,[r13+rsi]
   32  add rsp,8
   39  ret
   3a  int3
   3b  call stub  ; call stack exhausted
   40  jmp 4
   42  call stub  ; out of bounds memory access
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
