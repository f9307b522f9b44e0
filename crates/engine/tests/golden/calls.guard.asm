; function 1 fib
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 52
    d  sub rsp,10h
   14  mov [rsp],rdi
   18  cmp dword ptr [rsp],2
   1c  jae 2a
   22  mov eax,[rsp]
   25  jmp 49
   2a  mov edi,[rsp]
   2d  sub edi,1
   30  call function 1
   35  mov edi,[rsp]
   38  sub edi,2
   3b  mov [rsp+8],rax
   40  call function 1
   45  add eax,[rsp+8]
   49  add rsp,10h
   50  ret
   51  int3
   52  call stub  ; call stack exhausted
   57  jmp 4
; function 2 swap
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 32
    d  sub rsp,10h
   14  mov [rsp],rdi
   18  mov [rsp+8],rsi
   1d  mov edi,[rsp+8]
   21  mov esi,[rsp]
   24  call function 3
   29  add rsp,10h
   30  ret
   31  int3
   32  call stub  ; call stack exhausted
   37  jmp 4
; function 3 second
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 23
    d  sub rsp,10h
   14  mov [rsp],rdi
   18  mov eax,esi
   1a  add rsp,10h
   21  ret
   22  int3
   23  call stub  ; call stack exhausted
   28  jmp 4
; function 4 host
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 5f
    d  sub rsp,10h
   14  mov [rsp],r14
   18  mov [rsp+8],rdi
   1d  mov edi,[rsp+8]
   21  mov rax,[r14+18h]
   25  mov r11,[rax]
   28  mov r14,[rax+8]
   2c  mov r13,[r14]
   2f  call r11  ; host function failed
   32  mov r14,[rsp]
   36  mov r13,[r14]
   39  mov edi,2
   3e  mov rax,[r14+18h]
   42  mov r11,[rax]
   45  mov r14,[rax+8]
   49  mov r13,[r14]
   4c  call r11  ; host function failed
   4f  mov r14,[rsp]
   53  mov r13,[r14]
   56  add rsp,10h
   5d  ret
   5e  int3
   5f  call stub  ; call stack exhausted
   64  jmp 4
; function 5 indirect
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 8c
    d  sub rsp,20h
   14  mov [rsp],r14
   18  mov [rsp+8],rdi
   1d  mov [rsp+10h],rsi
   22  mov [rsp+18h],rdx
   27  mov eax,[rsp+18h]
   2b  mov r11,[r14+58h]
   2f  cmp rax,[r11+8]
   33  jae 96
   39  cmovae rax,[r14+50h]
   3e  mov r11,[r11]
   41  mov rax,[r11+rax*8]
   45  test rax,rax
   48  je 9b
   4e  mov r11,[r14+20h]
   52  mov r11d,[r11]
   55  mov r13,[rax]
   58  cmp r11d,[rax+10h]
   5c  jne a0
   62  cmovne r13,[r14+50h]
   67  mov edi,[rsp+8]
   6b  mov esi,[rsp+10h]
   6f  mov r11,r13
   72  mov r14,[rax+8]
   76  mov r13,[r14]
   79  call r11  ; host function failed
   7c  mov r14,[rsp]
   80  mov r13,[r14]
   83  add rsp,20h
   8a  ret
   8b  int3
   8c  call stub  ; call stack exhausted
   91  jmp 4
   96  call stub  ; undefined element
   9b  call stub  ; uninitialized element
   a0  call stub  ; indirect call type mismatch
; function 6 many
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 8c
    d  cmp dword ptr [r15+50h],0
   12  je 96
   18  sub rsp,58h
   1f  mov [rsp],rdi
   23  mov [rsp+8],rsi
   28  mov [rsp+10h],rdx
   2d  mov [rsp+18h],rcx
   32  mov [rsp+20h],r8
   37  mov [rsp+28h],r9
   3c  lea r11,[rsp+58h]
   44  mov ebx,[r11+8]
   48  mov rbp,[r11+10h]
   4c  mov [rsp+40h],rbp
   51  mov [rsp+48h],rbx
   56  mov r11,3FF0000000000000h
   60  mov [rsp+50h],r11
   65  lea r11,[rsp+58h]
   6d  mov rdx,[rsp+48h]
   72  mov [r11+18h],rdx
   76  mov rax,[rsp+40h]
   7b  movsd xmm0,[rsp+50h]
   81  add rsp,58h
   88  ret 10h
   8b  int3
   8c  call stub  ; call stack exhausted
   91  jmp 4
   96  call stub
   9b  jmp 18
; function 7 use_many
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 7b
    d  cmp dword ptr [r15+50h],0
   12  je 82
   18  sub rsp,10h
   1f  sub rsp,18h
   23  mov qword ptr [rsp],7
   2b  mov qword ptr [rsp+8],8
   34  mov edi,1
   39  mov esi,2
   3e  mov edx,3
   43  mov ecx,4
   48  mov r8d,5
   4e  mov r9d,6
   54  call function 6
   59  mov r11,[rsp]
   5d  mov [rsp+10h],r11
   62  add rsp,8
   66  mov rdi,rax
   69  mov eax,[rsp+8]
   6d  jmp 72
   72  add rsp,10h
   79  ret
   7a  int3
   7b  call stub  ; call stack exhausted
   80  jmp 4
   82  call stub
   87  jmp 18
; function 8 globals
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 43
    d  sub rsp,0
   14  mov edi,[r14+70h]
   18  add edi,1
   1b  mov [r14+70h],edi
   1f  mov rdi,1122334455h
   29  mov r11,[r14+60h]
   2d  mov [r11],rdi
   30  mov r11,[r14+60h]
   34  mov rdi,[r11]
   37  mov rax,rdi
   3a  add rsp,0
   41  ret
   42  int3
   43  call stub  ; call stack exhausted
   48  jmp 4
; function 9 reference
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 25
    d  sub rsp,0
   14  mov rax,[r14+18h]
   18  add rax,28h
   1c  add rsp,0
   23  ret
   24  int3
   25  call stub  ; call stack exhausted
   2a  jmp 4
; function 10 table
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 82
    d  sub rsp,8
   14  mov esi,edi
   16  mov r11,[r14+58h]
   1a  cmp rsi,[r11+8]
   1e  jae 8c
   24  cmovae rsi,[r14+50h]
   29  mov r11,[r11]
   2c  mov rsi,[r11+rsi*8]
   30  mov edx,3
   35  mov r11,[r14+58h]
   39  cmp rdx,[r11+8]
   3d  jae 91
   43  cmovae rdx,[r14+50h]
   48  mov r11,[r11]
   4b  mov [r11+rdx*8],rsi
   4f  mov esi,3
   54  mov r11,[r14+58h]
   58  cmp rsi,[r11+8]
   5c  jae 96
   62  cmovae rsi,[r14+50h]
   67  mov r11,[r11]
   6a  mov rsi,[r11+rsi*8]
   6e  test rsi,rsi
   71  sete dl
   74  movzx edx,dl
   77  mov eax,edx
   79  add rsp,8
   80  ret
   81  int3
   82  call stub  ; call stack exhausted
   87  jmp 4
   8c  call stub  ; out of bounds table access
   91  call stub  ; out of bounds table access
   96  call stub  ; out of bounds table access
; function 11 loop_with_calls
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 6f
    d  sub rsp,18h
   14  mov [rsp],r14
   18  mov rbp,rdi
   1b  xor ebx,ebx
   1d  cmp rsp,[r15]
   20  jb 76
   26  mov edi,ebp
   28  add rbx,rdi
   2b  imul rbx,rbx
   2f  xor rbx,5
   33  mov edi,ebx
   35  mov [rsp+10h],rbx
   3a  mov [rsp+8],rbp
   3f  mov rax,[r14+18h]
   43  mov r11,[rax]
   46  mov r14,[rax+8]
   4a  mov r13,[r14]
   4d  call r11  ; host function failed
   50  mov r14,[rsp]
   54  mov r13,[r14]
   57  mov rbx,[rsp+10h]
   5c  mov rbp,[rsp+8]
   61  sub ebp,1
   64  jne 1d
   66  add rsp,18h
   6d  ret
   6e  int3
   6f  call stub  ; call stack exhausted
   74  jmp 4
   76  call stub  ; call stack exhausted
   7b  jmp 26
