; function 0 sum
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 5b
    d  sub rsp,10h
   14  xor ebx,ebx
   16  sub qword ptr [r15+48h],0
   1e  js 62
   24  cmp rsp,[r15]
   27  jb 67
   2d  sub qword ptr [r15+48h],9
   35  js 6e
   3b  add ebx,edi
   3d  sub edi,1
   40  jne 24
   42  sub qword ptr [r15+48h],1
   4a  js 73
   50  mov eax,ebx
   52  add rsp,10h
   59  ret
   5a  int3
   5b  call stub  ; call stack exhausted
   60  jmp 4
   62  call stub  ; all fuel consumed
   67  call stub  ; call stack exhausted
   6c  jmp 2d
   6e  call stub  ; all fuel consumed
   73  call stub  ; all fuel consumed
; function 1 if_else
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 69
    d  sub rsp,10h
   14  sub qword ptr [r15+48h],3
   1c  js 70
   22  test edi,edi
   24  jne 42
   2a  sub qword ptr [r15+48h],1
   32  js 75
   38  mov eax,1
   3d  jmp 52
   42  sub qword ptr [r15+48h],1
   4a  js 7a
   50  mov eax,esi
   52  sub qword ptr [r15+48h],0
   5a  js 7f
   60  add rsp,10h
   67  ret
   68  int3
   69  call stub  ; call stack exhausted
   6e  jmp 4
   70  call stub  ; all fuel consumed
   75  call stub  ; all fuel consumed
   7a  call stub  ; all fuel consumed
   7f  call stub  ; all fuel consumed
; function 2 early
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 75
    d  sub rsp,8
   14  sub qword ptr [r15+48h],5
   1c  js 7c
   22  cmp edi,0Ah
   25  mov eax,3
   2a  jge 5e
   30  sub qword ptr [r15+48h],4
   38  js 81
   3e  test edi,edi
   40  mov eax,4
   45  jne 5e
   4b  sub qword ptr [r15+48h],2
   53  js 86
   59  mov eax,5
   5e  sub qword ptr [r15+48h],0
   66  js 8b
   6c  add rsp,8
   73  ret
   74  int3
   75  call stub  ; call stack exhausted
   7a  jmp 4
   7c  call stub  ; all fuel consumed
   81  call stub  ; all fuel consumed
   86  call stub  ; all fuel consumed
   8b  call stub  ; all fuel consumed
; function 3 two
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 8e
    d  sub rsp,18h
   14  sub qword ptr [r15+48h],4
   1c  js 98
   22  test edi,edi
   24  je 41
   2a  mov qword ptr [rsp+8],1
   33  mov qword ptr [rsp+10h],2
   3c  jmp 61
   41  sub qword ptr [r15+48h],4
   49  js 9d
   4f  mov qword ptr [rsp+8],3
   58  mov qword ptr [rsp+10h],4
   61  sub qword ptr [r15+48h],0
   69  js a2
   6f  lea r11,[rsp+18h]
   77  mov rdx,[rsp+10h]
   7c  mov [r11+8],rdx
   80  mov rax,[rsp+8]
   85  add rsp,18h
   8c  ret
   8d  int3
   8e  call stub  ; call stack exhausted
   93  jmp 4
   98  call stub  ; all fuel consumed
   9d  call stub  ; all fuel consumed
   a2  call stub  ; all fuel consumed
; function 4 few
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 91
    d  sub rsp,8
   14  sub qword ptr [r15+48h],2
   1c  js 9b
   22  mov esi,edi
   24  cmp esi,1
   27  jae 32
   2d  jmp 75
   32  cmp esi,2
   35  jae 40
   3b  jmp 5d
   40  jmp 45
   45  sub qword ptr [r15+48h],2
   4d  js a0
   53  mov eax,0Ah
   58  jmp 88
   5d  sub qword ptr [r15+48h],2
   65  js a5
   6b  mov eax,14h
   70  jmp 88
   75  sub qword ptr [r15+48h],1
   7d  js aa
   83  mov eax,1Eh
   88  add rsp,8
   8f  ret
   90  int3
   91  call stub  ; call stack exhausted
   96  jmp 4
   9b  call stub  ; all fuel consumed
   a0  call stub  ; all fuel consumed
   a5  call stub  ; all fuel consumed
   aa  call stub  ; all fuel consumed
; function 5 many
    0  endbr64
    4  cmp rsp,[r15]
    7  jb b0
    d  sub rsp,8
   14  sub qword ptr [r15+48h],3
   1c  js ba
   22  mov esi,edi
   24  mov eax,1
   29  mov r11d,0Ah
   2f  cmp esi,r11d
   32  cmova esi,r11d
   36  lea r11, [5c]
   3d  movsxd rsi,[r11+rsi*4]
   41  add r11,rsi
   44  jmp r11
   47  int3
   48  endbr64
   4c  jmp 99
   51  endbr64
   55  jmp 88
   5a  int3
   5b  int3
   5c  (44 bytes of table)
   88  sub qword ptr [r15+48h],2
   90  js bf
   96  add eax,1
   99  sub qword ptr [r15+48h],0
   a1  js c4
   a7  add rsp,8
   ae  ret
   af  int3
   b0  call stub  ; call stack exhausted
   b5  jmp 4
   ba  call stub  ; all fuel consumed
   bf  call stub  ; all fuel consumed
   c4  call stub  ; all fuel consumed
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
