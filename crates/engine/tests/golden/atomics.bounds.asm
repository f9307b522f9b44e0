; function 0 load
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 45
    d  sub rsp,8
   14  test dil,3
   18  jne 4c
   1e  lea rsi,[rdi+8]
   22  mov r11,[r14+58h]
   26  cmp rsi,[r11+18h]
   2a  jae 51
   30  cmovae rsi,[r14+50h]
   35  lea r11,[rsi+r13]
   39  mov eax,[r11]
   3c  add rsp,8
   43  ret
   44  int3
   45  call stub  ; call stack exhausted
   4a  jmp 4
   4c  call stub  ; unaligned atomic
   51  call stub  ; out of bounds memory access
; function 1 load_narrow
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 45
    d  sub rsp,8
   14  test dil,1
   18  jne 4c
   1e  lea rsi,[rdi]
   21  mov r11,[r14+58h]
   25  cmp rsi,[r11+10h]
   29  jae 51
   2f  cmovae rsi,[r14+50h]
   34  lea r11,[rsi+r13]
   38  movzx eax,word ptr [r11]
   3c  add rsp,8
   43  ret
   44  int3
   45  call stub  ; call stack exhausted
   4a  jmp 4
   4c  call stub  ; unaligned atomic
   51  call stub  ; out of bounds memory access
; function 2 store
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 47
    d  sub rsp,10h
   14  mov rax,rsi
   17  test dil,7
   1b  jne 4e
   21  lea rdx,[rdi]
   24  mov r11,[r14+58h]
   28  cmp rdx,[r11+20h]
   2c  jae 53
   32  cmovae rdx,[r14+50h]
   37  lea r11,[rdx+r13]
   3b  xchg [r11],rax
   3e  add rsp,10h
   45  ret
   46  int3
   47  call stub  ; call stack exhausted
   4c  jmp 4
   4e  call stub  ; unaligned atomic
   53  call stub  ; out of bounds memory access
; function 3 add
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 48
    d  sub rsp,10h
   14  mov eax,esi
   16  test dil,3
   1a  jne 4f
   20  lea rdx,[rdi]
   23  mov r11,[r14+58h]
   27  cmp rdx,[r11+18h]
   2b  jae 54
   31  cmovae rdx,[r14+50h]
   36  lea r11,[rdx+r13]
   3a  lock xadd [r11],eax
   3f  add rsp,10h
   46  ret
   47  int3
   48  call stub  ; call stack exhausted
   4d  jmp 4
   4f  call stub  ; unaligned atomic
   54  call stub  ; out of bounds memory access
; function 4 sub_narrow
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 45
    d  sub rsp,10h
   14  mov rax,rsi
   17  lea rdx,[rdi+3]
   1b  mov r11,[r14+58h]
   1f  cmp rdx,[r11+8]
   23  jae 4c
   29  cmovae rdx,[r14+50h]
   2e  lea r11,[rdx+r13]
   32  neg eax
   34  lock xadd [r11],al
   39  movzx eax,al
   3c  add rsp,10h
   43  ret
   44  int3
   45  call stub  ; call stack exhausted
   4a  jmp 4
   4c  call stub  ; out of bounds memory access
; function 5 xor
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 50
    d  sub rsp,10h
   14  test dil,3
   18  jne 57
   1e  lea rdx,[rdi]
   21  mov r11,[r14+58h]
   25  cmp rdx,[r11+18h]
   29  jae 5c
   2f  cmovae rdx,[r14+50h]
   34  lea r11,[rdx+r13]
   38  mov eax,[r11]
   3b  mov rdx,rax
   3e  xor edx,esi
   40  lock cmpxchg [r11],edx
   45  jne 3b
   47  add rsp,10h
   4e  ret
   4f  int3
   50  call stub  ; call stack exhausted
   55  jmp 4
   57  call stub  ; unaligned atomic
   5c  call stub  ; out of bounds memory access
; function 6 or_of_nobody
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 45
    d  sub rsp,10h
   14  test dil,3
   18  jne 4c
   1e  lea rdx,[rdi]
   21  mov r11,[r14+58h]
   25  cmp rdx,[r11+18h]
   29  jae 51
   2f  cmovae rdx,[r14+50h]
   34  lea r11,[rdx+r13]
   38  lock or [r11],esi
   3c  add rsp,10h
   43  ret
   44  int3
   45  call stub  ; call stack exhausted
   4a  jmp 4
   4c  call stub  ; unaligned atomic
   51  call stub  ; out of bounds memory access
; function 7 xchg
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 47
    d  sub rsp,10h
   14  mov rax,rsi
   17  test dil,7
   1b  jne 4e
   21  lea rdx,[rdi]
   24  mov r11,[r14+58h]
   28  cmp rdx,[r11+20h]
   2c  jae 53
   32  cmovae rdx,[r14+50h]
   37  lea r11,[rdx+r13]
   3b  xchg [r11],rax
   3e  add rsp,10h
   45  ret
   46  int3
   47  call stub  ; call stack exhausted
   4c  jmp 4
   4e  call stub  ; unaligned atomic
   53  call stub  ; out of bounds memory access
; function 8 cmpxchg
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 4f
    d  sub rsp,18h
   14  mov rbx,rdx
   17  test dil,1
   1b  jne 56
   21  lea rdx,[rdi]
   24  mov r11,[r14+58h]
   28  cmp rdx,[r11+10h]
   2c  jae 5b
   32  cmovae rdx,[r14+50h]
   37  lea r11,[rdx+r13]
   3b  mov eax,esi
   3d  lock cmpxchg [r11],bx
   43  movzx eax,ax
   46  add rsp,18h
   4d  ret
   4e  int3
   4f  call stub  ; call stack exhausted
   54  jmp 4
   56  call stub  ; unaligned atomic
   5b  call stub  ; out of bounds memory access
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
