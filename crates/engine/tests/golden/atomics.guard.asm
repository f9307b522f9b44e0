; function 0 load
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 2f
    d  sub rsp,8
   14  test dil,3
   18  jne 36
   1e  lea r11,[r13+rdi+8]
   23  mov eax,[r11]  ; out of bounds memory access
   26  add rsp,8
   2d  ret
   2e  int3
   2f  call stub  ; call stack exhausted
   34  jmp 4
   36  call stub  ; unaligned atomic
; function 1 load_narrow
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 2f
    d  sub rsp,8
   14  test dil,1
   18  jne 36
   1e  lea r11,[rdi+r13]
   22  movzx eax,word ptr [r11]  ; out of bounds memory access
   26  add rsp,8
   2d  ret
   2e  int3
   2f  call stub  ; call stack exhausted
   34  jmp 4
   36  call stub  ; unaligned atomic
; function 2 store
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 31
    d  sub rsp,10h
   14  mov rax,rsi
   17  test dil,7
   1b  jne 38
   21  lea r11,[rdi+r13]
   25  xchg [r11],rax  ; out of bounds memory access
   28  add rsp,10h
   2f  ret
   30  int3
   31  call stub  ; call stack exhausted
   36  jmp 4
   38  call stub  ; unaligned atomic
; function 3 add
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 32
    d  sub rsp,10h
   14  mov eax,esi
   16  test dil,3
   1a  jne 39
   20  lea r11,[rdi+r13]
   24  lock xadd [r11],eax  ; out of bounds memory access
   29  add rsp,10h
   30  ret
   31  int3
   32  call stub  ; call stack exhausted
   37  jmp 4
   39  call stub  ; unaligned atomic
; function 4 sub_narrow
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 2f
    d  sub rsp,10h
   14  mov rax,rsi
   17  lea r11,[r13+rdi+3]
   1c  neg eax
   1e  lock xadd [r11],al  ; out of bounds memory access
   23  movzx eax,al
   26  add rsp,10h
   2d  ret
   2e  int3
   2f  call stub  ; call stack exhausted
   34  jmp 4
; function 5 xor
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 3a
    d  sub rsp,10h
   14  test dil,3
   18  jne 41
   1e  lea r11,[rdi+r13]
   22  mov eax,[r11]  ; out of bounds memory access
   25  mov rdx,rax
   28  xor edx,esi
   2a  lock cmpxchg [r11],edx  ; out of bounds memory access
   2f  jne 25
   31  add rsp,10h
   38  ret
   39  int3
   3a  call stub  ; call stack exhausted
   3f  jmp 4
   41  call stub  ; unaligned atomic
; function 6 or_of_nobody
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 2f
    d  sub rsp,10h
   14  test dil,3
   18  jne 36
   1e  lea r11,[rdi+r13]
   22  lock or [r11],esi  ; out of bounds memory access
   26  add rsp,10h
   2d  ret
   2e  int3
   2f  call stub  ; call stack exhausted
   34  jmp 4
   36  call stub  ; unaligned atomic
; function 7 xchg
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 31
    d  sub rsp,10h
   14  mov rax,rsi
   17  test dil,7
   1b  jne 38
   21  lea r11,[rdi+r13]
   25  xchg [r11],rax  ; out of bounds memory access
   28  add rsp,10h
   2f  ret
   30  int3
   31  call stub  ; call stack exhausted
   36  jmp 4
   38  call stub  ; unaligned atomic
; function 8 cmpxchg
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 39
    d  sub rsp,18h
   14  mov rbx,rdx
   17  test dil,1
   1b  jne 40
   21  lea r11,[rdi+r13]
   25  mov eax,esi
   27  lock cmpxchg [r11],bx  ; out of bounds memory access
   2d  movzx eax,ax
   30  add rsp,18h
   37  ret
   38  int3
   39  call stub  ; call stack exhausted
   3e  jmp 4
   40  call stub  ; unaligned atomic
; function 9 fence
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 20
    d  sub rsp,0
   14  mfence
   17  add rsp,0
   1e  ret
   1f  int3
   20  call stub  ; call stack exhausted
   25  jmp 4
; function 10 wait
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 7b
    d  sub rsp,18h
   14  mov [rsp],rdi
   18  mov [rsp+8],rsi
   1d  mov [rsp+10h],rdx
   22  sub rsp,30h
   26  mov qword ptr [rsp],0
   2e  mov qword ptr [rsp+8],0
   37  mov qword ptr [rsp+10h],0
   40  mov r11d,[rsp+30h]
   45  mov [rsp+18h],r11
   4a  mov r11d,[rsp+38h]
   4f  mov [rsp+20h],r11
   54  mov r11,[rsp+40h]
   59  mov [rsp+28h],r11
   5e  mov rax,rsp
   61  mov ecx,0Dh
   66  call stub  ; out of bounds memory access
   6b  mov eax,[rsp]
   6e  add rsp,30h
   72  add rsp,18h
   79  ret
   7a  int3
   7b  call stub  ; call stack exhausted
   80  jmp 4
; function 11 notify
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 6c
    d  sub rsp,10h
   14  mov [rsp],rdi
   18  mov [rsp+8],rsi
   1d  sub rsp,28h
   21  mov qword ptr [rsp],0
   29  mov qword ptr [rsp+8],0
   32  mov qword ptr [rsp+10h],0
   3b  mov r11d,[rsp+28h]
   40  mov [rsp+18h],r11
   45  mov r11d,[rsp+30h]
   4a  mov [rsp+20h],r11
   4f  mov rax,rsp
   52  mov ecx,0Ch
   57  call stub  ; out of bounds memory access
   5c  mov eax,[rsp]
   5f  add rsp,28h
   63  add rsp,10h
   6a  ret
   6b  int3
   6c  call stub  ; call stack exhausted
   71  jmp 4
; function 12 size
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 29
    d  sub rsp,0
   14  mov rax,[r14+58h]
   18  mov rax,[rax+8]
   1c  shr rax,10h
   20  add rsp,0
   27  ret
   28  int3
   29  call stub  ; call stack exhausted
   2e  jmp 4
