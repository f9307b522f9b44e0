; function 0 load
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 3b
    d  sub rsp,8
   14  mov rbx,rdi
   17  lea r11,[rbx+3]
   1b  cmp r11,[r14+8]
   1f  jae 42
   25  sbb rsi,rsi
   28  and r11,rsi
   2b  mov esi,[r13+r11-3]
   30  mov eax,esi
   32  add rsp,8
   39  ret
   3a  int3
   3b  call stub  ; call stack exhausted
   40  jmp 4
   42  call stub  ; out of bounds memory access
; function 1 offset
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 3f
    d  sub rsp,8
   14  mov rbx,rdi
   17  lea r11,[rbx+3EBh]
   1e  cmp r11,[r14+8]
   22  jae 46
   28  sbb rsi,rsi
   2b  and r11,rsi
   2e  movsxd rsi,[r13+r11-3]
   33  mov rax,rsi
   36  add rsp,8
   3d  ret
   3e  int3
   3f  call stub  ; call stack exhausted
   44  jmp 4
   46  call stub  ; out of bounds memory access
; function 2 far
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 41
    d  sub rsp,8
   14  mov rbx,rdi
   17  mov r11d,0F0000000h
   1d  add r11,rbx
   20  cmp r11,[r14+8]
   24  jae 48
   2a  sbb rsi,rsi
   2d  and r11,rsi
   30  movzx esi,byte ptr [r13+r11]
   36  mov eax,esi
   38  add rsp,8
   3f  ret
   40  int3
   41  call stub  ; call stack exhausted
   46  jmp 4
   48  call stub  ; out of bounds memory access
; function 3 constant
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 3b
    d  sub rsp,0
   14  mov r11d,41h
   1a  cmp r11,[r14+8]
   1e  jae 42
   24  sbb rsi,rsi
   27  and r11,rsi
   2a  movzx esi,word ptr [r13+r11-1]
   30  mov eax,esi
   32  add rsp,0
   39  ret
   3a  int3
   3b  call stub  ; call stack exhausted
   40  jmp 4
   42  call stub  ; out of bounds memory access
; function 4 store
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 3b
    d  sub rsp,10h
   14  mov rbx,rdi
   17  mov rbp,rsi
   1a  lea r11,[rbx]
   1d  cmp r11,[r14+8]
   21  jae 42
   27  sbb rsi,rsi
   2a  and r11,rsi
   2d  mov [r13+r11],bpl
   32  add rsp,10h
   39  ret
   3a  int3
   3b  call stub  ; call stack exhausted
   40  jmp 4
   42  call stub  ; out of bounds memory access
; function 5 store_constant
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 3d
    d  sub rsp,8
   14  mov rbx,rdi
   17  lea r11,[rbx+0Fh]
   1b  cmp r11,[r14+8]
   1f  jae 44
   25  sbb rsi,rsi
   28  and r11,rsi
   2b  mov qword ptr [r13+r11-7],0FFFFFFFFFFFFFFFFh
   34  add rsp,8
   3b  ret
   3c  int3
   3d  call stub  ; call stack exhausted
   42  jmp 4
   44  call stub  ; out of bounds memory access
; function 6 copy
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 70
    d  sub rsp,18h
   14  mov rbx,rdi
   17  mov r12,rdx
   1a  mov rbp,rsi
   1d  cmp rsp,[r15]
   20  jb 77
   26  lea r11,[rbx+7]
   2a  cmp r11,[r14+8]
   2e  jae 7e
   34  sbb rsi,rsi
   37  and r11,rsi
   3a  mov rsi,[r13+r11-7]
   3f  lea r11,[rbp+7]
   43  cmp r11,[r14+8]
   47  jae 83
   4d  sbb rdi,rdi
   50  and r11,rdi
   53  mov [r13+r11-7],rsi
   58  add ebp,8
   5b  add ebx,8
   5e  sub r12d,1
   62  test r12d,r12d
   65  jne 1d
   67  add rsp,18h
   6e  ret
   6f  int3
   70  call stub  ; call stack exhausted
   75  jmp 4
   77  call stub  ; call stack exhausted
   7c  jmp 26
   7e  call stub  ; out of bounds memory access
   83  call stub  ; out of bounds memory access
; function 7 size
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 27
    d  sub rsp,0
   14  mov rsi,[r14+8]
   18  shr rsi,10h
   1c  mov eax,esi
   1e  add rsp,0
   25  ret
   26  int3
   27  call stub  ; call stack exhausted
   2c  jmp 4
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
