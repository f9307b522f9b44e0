; function 0 sum
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 31
    d  sub rsp,10h
   14  xor ebx,ebx
   16  cmp rsp,[r15]
   19  jb 38
   1f  add ebx,edi
   21  sub edi,1
   24  jne 16
   26  mov eax,ebx
   28  add rsp,10h
   2f  ret
   30  int3
   31  call stub  ; call stack exhausted
   36  jmp 4
   38  call stub  ; call stack exhausted
   3d  jmp 1f
; function 1 if_else
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 31
    d  sub rsp,10h
   14  test edi,edi
   16  jne 26
   1c  mov eax,1
   21  jmp 28
   26  mov eax,esi
   28  add rsp,10h
   2f  ret
   30  int3
   31  call stub  ; call stack exhausted
   36  jmp 4
; function 2 early
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 3d
    d  sub rsp,8
   14  cmp edi,0Ah
   17  mov eax,3
   1c  jge 34
   22  test edi,edi
   24  mov eax,4
   29  jne 34
   2f  mov eax,5
   34  add rsp,8
   3b  ret
   3c  int3
   3d  call stub  ; call stack exhausted
   42  jmp 4
; function 3 two
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 64
    d  sub rsp,18h
   14  test edi,edi
   16  je 33
   1c  mov qword ptr [rsp+8],1
   25  mov qword ptr [rsp+10h],2
   2e  jmp 45
   33  mov qword ptr [rsp+8],3
   3c  mov qword ptr [rsp+10h],4
   45  lea r11,[rsp+18h]
   4d  mov rdx,[rsp+10h]
   52  mov [r11+8],rdx
   56  mov rax,[rsp+8]
   5b  add rsp,18h
   62  ret
   63  int3
   64  call stub  ; call stack exhausted
   69  jmp 4
; function 4 few
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 59
    d  sub rsp,8
   14  mov esi,edi
   16  cmp esi,1
   19  jae 24
   1f  jmp 4b
   24  cmp esi,2
   27  jae 32
   2d  jmp 41
   32  jmp 37
   37  mov eax,0Ah
   3c  jmp 50
   41  mov eax,14h
   46  jmp 50
   4b  mov eax,1Eh
   50  add rsp,8
   57  ret
   58  int3
   59  call stub  ; call stack exhausted
   5e  jmp 4
; function 5 many
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 84
    d  sub rsp,8
   14  mov esi,edi
   16  mov eax,1
   1b  mov r11d,0Ah
   21  cmp esi,r11d
   24  cmova esi,r11d
   28  lea r11, [4c]
   2f  movsxd rsi,[r11+rsi*4]
   33  add r11,rsi
   36  jmp r11
   39  int3
   3a  endbr64
   3e  jmp 7b
   43  endbr64
   47  jmp 78
   4c  (44 bytes of table)
   78  add eax,1
   7b  add rsp,8
   82  ret
   83  int3
   84  call stub  ; call stack exhausted
   89  jmp 4
; function 6 trap
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 19
    d  sub rsp,0
   14  call stub  ; unreachable
   19  call stub  ; call stack exhausted
   1e  jmp 4
