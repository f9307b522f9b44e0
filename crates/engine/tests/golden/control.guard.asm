; function 0 sum
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 36
    d  sub rsp,10h
   14  mov rbx,rdi
   17  xor ebp,ebp
   19  cmp rsp,[r15]
   1c  jb 3d
   22  add ebp,ebx
   24  sub ebx,1
   27  test ebx,ebx
   29  jne 19
   2b  mov eax,ebp
   2d  add rsp,10h
   34  ret
   35  int3
   36  call stub  ; call stack exhausted
   3b  jmp 4
   3d  call stub  ; call stack exhausted
   42  jmp 22
; function 1 if_else
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 37
    d  sub rsp,10h
   14  mov rbx,rdi
   17  mov rbp,rsi
   1a  test ebx,ebx
   1c  jne 2c
   22  mov eax,1
   27  jmp 2e
   2c  mov eax,ebp
   2e  add rsp,10h
   35  ret
   36  int3
   37  call stub  ; call stack exhausted
   3c  jmp 4
; function 2 early
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 40
    d  sub rsp,8
   14  mov rbx,rdi
   17  cmp ebx,0Ah
   1a  mov eax,3
   1f  jge 37
   25  test ebx,ebx
   27  mov eax,4
   2c  jne 37
   32  mov eax,5
   37  add rsp,8
   3e  ret
   3f  int3
   40  call stub  ; call stack exhausted
   45  jmp 4
; function 3 two
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 67
    d  sub rsp,18h
   14  mov rbx,rdi
   17  test ebx,ebx
   19  je 36
   1f  mov qword ptr [rsp+8],1
   28  mov qword ptr [rsp+10h],2
   31  jmp 48
   36  mov qword ptr [rsp+8],3
   3f  mov qword ptr [rsp+10h],4
   48  lea r11,[rsp+18h]
   50  mov rdx,[rsp+10h]
   55  mov [r11+8],rdx
   59  mov rax,[rsp+8]
   5e  add rsp,18h
   65  ret
   66  int3
   67  call stub  ; call stack exhausted
   6c  jmp 4
; function 4 few
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 5c
    d  sub rsp,8
   14  mov rbx,rdi
   17  mov esi,ebx
   19  cmp esi,1
   1c  jae 27
   22  jmp 4e
   27  cmp esi,2
   2a  jae 35
   30  jmp 44
   35  jmp 3a
   3a  mov eax,0Ah
   3f  jmp 53
   44  mov eax,14h
   49  jmp 53
   4e  mov eax,1Eh
   53  add rsp,8
   5a  ret
   5b  int3
   5c  call stub  ; call stack exhausted
   61  jmp 4
; function 5 many
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 88
    d  sub rsp,8
   14  mov rbx,rdi
   17  mov esi,ebx
   19  mov eax,1
   1e  mov r11d,0Ah
   24  cmp esi,r11d
   27  cmova esi,r11d
   2b  lea r11, [50]
   32  movsxd rsi,[r11+rsi*4]
   36  add r11,rsi
   39  jmp r11
   3c  int3
   3d  endbr64
   41  jmp 7f
   46  endbr64
   4a  jmp 7c
   4f  int3
   50  (44 bytes of table)
   7c  add eax,1
   7f  add rsp,8
   86  ret
   87  int3
   88  call stub  ; call stack exhausted
   8d  jmp 4
; function 6 trap
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 19
    d  sub rsp,0
   14  call stub  ; unreachable
   19  call stub  ; call stack exhausted
   1e  jmp 4
