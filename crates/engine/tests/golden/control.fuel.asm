; function 0 sum
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 60
    d  sub rsp,10h
   14  mov rbx,rdi
   17  xor ebp,ebp
   19  sub qword ptr [r15+48h],0
   21  js 67
   27  cmp rsp,[r15]
   2a  jb 6c
   30  sub qword ptr [r15+48h],9
   38  js 73
   3e  add ebp,ebx
   40  sub ebx,1
   43  test ebx,ebx
   45  jne 27
   47  sub qword ptr [r15+48h],1
   4f  js 78
   55  mov eax,ebp
   57  add rsp,10h
   5e  ret
   5f  int3
   60  call stub  ; call stack exhausted
   65  jmp 4
   67  call stub  ; all fuel consumed
   6c  call stub  ; call stack exhausted
   71  jmp 30
   73  call stub  ; all fuel consumed
   78  call stub  ; all fuel consumed
; function 1 if_else
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 6f
    d  sub rsp,10h
   14  mov rbx,rdi
   17  mov rbp,rsi
   1a  sub qword ptr [r15+48h],3
   22  js 76
   28  test ebx,ebx
   2a  jne 48
   30  sub qword ptr [r15+48h],1
   38  js 7b
   3e  mov eax,1
   43  jmp 58
   48  sub qword ptr [r15+48h],1
   50  js 80
   56  mov eax,ebp
   58  sub qword ptr [r15+48h],0
   60  js 85
   66  add rsp,10h
   6d  ret
   6e  int3
   6f  call stub  ; call stack exhausted
   74  jmp 4
   76  call stub  ; all fuel consumed
   7b  call stub  ; all fuel consumed
   80  call stub  ; all fuel consumed
   85  call stub  ; all fuel consumed
; function 2 early
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 78
    d  sub rsp,8
   14  mov rbx,rdi
   17  sub qword ptr [r15+48h],5
   1f  js 7f
   25  cmp ebx,0Ah
   28  mov eax,3
   2d  jge 61
   33  sub qword ptr [r15+48h],4
   3b  js 84
   41  test ebx,ebx
   43  mov eax,4
   48  jne 61
   4e  sub qword ptr [r15+48h],2
   56  js 89
   5c  mov eax,5
   61  sub qword ptr [r15+48h],0
   69  js 8e
   6f  add rsp,8
   76  ret
   77  int3
   78  call stub  ; call stack exhausted
   7d  jmp 4
   7f  call stub  ; all fuel consumed
   84  call stub  ; all fuel consumed
   89  call stub  ; all fuel consumed
   8e  call stub  ; all fuel consumed
; function 3 two
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 91
    d  sub rsp,18h
   14  mov rbx,rdi
   17  sub qword ptr [r15+48h],4
   1f  js 9b
   25  test ebx,ebx
   27  je 44
   2d  mov qword ptr [rsp+8],1
   36  mov qword ptr [rsp+10h],2
   3f  jmp 64
   44  sub qword ptr [r15+48h],4
   4c  js a0
   52  mov qword ptr [rsp+8],3
   5b  mov qword ptr [rsp+10h],4
   64  sub qword ptr [r15+48h],0
   6c  js a5
   72  lea r11,[rsp+18h]
   7a  mov rdx,[rsp+10h]
   7f  mov [r11+8],rdx
   83  mov rax,[rsp+8]
   88  add rsp,18h
   8f  ret
   90  int3
   91  call stub  ; call stack exhausted
   96  jmp 4
   9b  call stub  ; all fuel consumed
   a0  call stub  ; all fuel consumed
   a5  call stub  ; all fuel consumed
; function 4 few
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 94
    d  sub rsp,8
   14  mov rbx,rdi
   17  sub qword ptr [r15+48h],2
   1f  js 9e
   25  mov esi,ebx
   27  cmp esi,1
   2a  jae 35
   30  jmp 78
   35  cmp esi,2
   38  jae 43
   3e  jmp 60
   43  jmp 48
   48  sub qword ptr [r15+48h],2
   50  js a3
   56  mov eax,0Ah
   5b  jmp 8b
   60  sub qword ptr [r15+48h],2
   68  js a8
   6e  mov eax,14h
   73  jmp 8b
   78  sub qword ptr [r15+48h],1
   80  js ad
   86  mov eax,1Eh
   8b  add rsp,8
   92  ret
   93  int3
   94  call stub  ; call stack exhausted
   99  jmp 4
   9e  call stub  ; all fuel consumed
   a3  call stub  ; all fuel consumed
   a8  call stub  ; all fuel consumed
   ad  call stub  ; all fuel consumed
; function 5 many
    0  endbr64
    4  cmp rsp,[r15]
    7  jb b4
    d  sub rsp,8
   14  mov rbx,rdi
   17  sub qword ptr [r15+48h],3
   1f  js be
   25  mov esi,ebx
   27  mov eax,1
   2c  mov r11d,0Ah
   32  cmp esi,r11d
   35  cmova esi,r11d
   39  lea r11, [60]
   40  movsxd rsi,[r11+rsi*4]
   44  add r11,rsi
   47  jmp r11
   4a  int3
   4b  endbr64
   4f  jmp 9d
   54  endbr64
   58  jmp 8c
   5d  int3
   5e  int3
   5f  int3
   60  (44 bytes of table)
   8c  sub qword ptr [r15+48h],2
   94  js c3
   9a  add eax,1
   9d  sub qword ptr [r15+48h],0
   a5  js c8
   ab  add rsp,8
   b2  ret
   b3  int3
   b4  call stub  ; call stack exhausted
   b9  jmp 4
   be  call stub  ; all fuel consumed
   c3  call stub  ; all fuel consumed
   c8  call stub  ; all fuel consumed
; function 6 trap
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 27
    d  sub rsp,0
   14  sub qword ptr [r15+48h],1
   1c  js 2e
   22  call stub  ; unreachable
   27  call stub  ; call stack exhausted
   2c  jmp 4
   2e  call stub  ; all fuel consumed
