; function 0 load
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 36
    d  sub rsp,8
   14  lea r11,[rdi+3]
   18  cmp r11,[r14+8]
   1c  jae 3d
   22  sbb rax,rax
   25  and r11,rax
   28  mov eax,[r13+r11-3]
   2d  add rsp,8
   34  ret
   35  int3
   36  call stub  ; call stack exhausted
   3b  jmp 4
   3d  call stub  ; out of bounds memory access
; function 1 offset
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 39
    d  sub rsp,8
   14  lea r11,[rdi+3EBh]
   1b  cmp r11,[r14+8]
   1f  jae 40
   25  sbb rax,rax
   28  and r11,rax
   2b  movsxd rax,[r13+r11-3]
   30  add rsp,8
   37  ret
   38  int3
   39  call stub  ; call stack exhausted
   3e  jmp 4
   40  call stub  ; out of bounds memory access
; function 2 far
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 3c
    d  sub rsp,8
   14  mov r11d,0F0000000h
   1a  add r11,rdi
   1d  cmp r11,[r14+8]
   21  jae 43
   27  sbb rax,rax
   2a  and r11,rax
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
    7  jb 39
    d  sub rsp,0
   14  mov r11d,41h
   1a  cmp r11,[r14+8]
   1e  jae 40
   24  sbb rax,rax
   27  and r11,rax
   2a  movzx eax,word ptr [r13+r11-1]
   30  add rsp,0
   37  ret
   38  int3
   39  call stub  ; call stack exhausted
   3e  jmp 4
   40  call stub  ; out of bounds memory access
; function 4 store
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 35
    d  sub rsp,10h
   14  lea r11,[rdi]
   17  cmp r11,[r14+8]
   1b  jae 3c
   21  sbb rdx,rdx
   24  and r11,rdx
   27  mov [r13+r11],sil
   2c  add rsp,10h
   33  ret
   34  int3
   35  call stub  ; call stack exhausted
   3a  jmp 4
   3c  call stub  ; out of bounds memory access
; function 5 store_constant
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 3a
    d  sub rsp,8
   14  lea r11,[rdi+0Fh]
   18  cmp r11,[r14+8]
   1c  jae 41
   22  sbb rsi,rsi
   25  and r11,rsi
   28  mov qword ptr [r13+r11-7],0FFFFFFFFFFFFFFFFh
   31  add rsp,8
   38  ret
   39  int3
   3a  call stub  ; call stack exhausted
   3f  jmp 4
   41  call stub  ; out of bounds memory access
; function 6 copy
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 66
    d  sub rsp,18h
   14  mov rbx,rdx
   17  cmp rsp,[r15]
   1a  jb 6d
   20  lea r11,[rdi+7]
   24  cmp r11,[r14+8]
   28  jae 74
   2e  sbb rdx,rdx
   31  and r11,rdx
   34  mov rdx,[r13+r11-7]
   39  lea r11,[rsi+7]
   3d  cmp r11,[r14+8]
   41  jae 79
   47  sbb rax,rax
   4a  and r11,rax
   4d  mov [r13+r11-7],rdx
   52  add esi,8
   55  add edi,8
   58  sub ebx,1
   5b  jne 17
   5d  add rsp,18h
   64  ret
   65  int3
   66  call stub  ; call stack exhausted
   6b  jmp 4
   6d  call stub  ; call stack exhausted
   72  jmp 20
   74  call stub  ; out of bounds memory access
   79  call stub  ; out of bounds memory access
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
    7  jb 66
    d  sub rsp,18h
   14  mov [rsp],rdi
   18  mov [rsp+8],rsi
   1d  mov [rsp+10h],rdx
   22  sub rsp,20h
   26  mov qword ptr [rsp],0
   2e  mov r11d,[rsp+20h]
   33  mov [rsp+8],r11
   38  mov r11d,[rsp+28h]
   3d  mov [rsp+10h],r11
   42  mov r11d,[rsp+30h]
   47  mov [rsp+18h],r11
   4c  mov rax,rsp
   4f  mov ecx,1
   54  call stub  ; out of bounds memory access
   59  add rsp,20h
   5d  add rsp,18h
   64  ret
   65  int3
   66  call stub  ; call stack exhausted
   6b  jmp 4
