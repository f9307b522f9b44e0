; function 1 fib
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 58
    d  sub rsp,10h
   14  mov [rsp],rdi
   18  cmp dword ptr [rsp],2
   1c  jae 2a
   22  mov eax,[rsp]
   25  jmp 4f
   2a  mov esi,[rsp]
   2d  sub esi,1
   30  mov rdi,rsi
   33  call function 1
   38  mov esi,[rsp]
   3b  sub esi,2
   3e  mov [rsp+8],rax
   43  mov rdi,rsi
   46  call function 1
   4b  add eax,[rsp+8]
   4f  add rsp,10h
   56  ret
   57  int3
   58  call stub  ; call stack exhausted
   5d  jmp 4
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
    7  jb 26
    d  sub rsp,10h
   14  mov [rsp],rdi
   18  mov rbx,rsi
   1b  mov eax,ebx
   1d  add rsp,10h
   24  ret
   25  int3
   26  call stub  ; call stack exhausted
   2b  jmp 4
; function 4 host
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 5f
    d  sub rsp,10h
   14  mov [rsp],r14
   18  mov [rsp+8],rdi
   1d  mov edi,[rsp+8]
   21  mov rax,[r14+18h]
   25  mov r14,[rax+8]
   29  mov r13,[r14]
   2c  mov r11,[rax]
   2f  call r11  ; host function failed
   32  mov r14,[rsp]
   36  mov r13,[r14]
   39  mov edi,2
   3e  mov rax,[r14+18h]
   42  mov r14,[rax+8]
   46  mov r13,[r14]
   49  mov r11,[rax]
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
    7  jb 8f
    d  sub rsp,20h
   14  mov [rsp],r14
   18  mov [rsp+8],rdi
   1d  mov [rsp+10h],rsi
   22  mov [rsp+18h],rdx
   27  mov eax,[rsp+18h]
   2b  mov r11,[r14+30h]
   2f  cmp rax,[r11+8]
   33  jae 99
   39  sbb r13,r13
   3c  and rax,r13
   3f  mov r11,[r11]
   42  mov rax,[r11+rax*8]
   46  test rax,rax
   49  je 9e
   4f  mov r11,[r14+20h]
   53  mov r11d,[r11]
   56  mov r13d,0
   5c  cmp r11d,[rax+10h]
   60  jne a3
   66  cmovne rax,r13
   6a  mov edi,[rsp+8]
   6e  mov esi,[rsp+10h]
   72  mov r14,[rax+8]
   76  mov r13,[r14]
   79  mov r11,[rax]
   7c  call r11  ; host function failed
   7f  mov r14,[rsp]
   83  mov r13,[r14]
   86  add rsp,20h
   8d  ret
   8e  int3
   8f  call stub  ; call stack exhausted
   94  jmp 4
   99  call stub  ; undefined element
   9e  call stub  ; uninitialized element
   a3  call stub  ; indirect call type mismatch
; function 6 many
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 8a
    d  cmp dword ptr [r15+50h],0
   12  je 94
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
   88  ret
   89  int3
   8a  call stub  ; call stack exhausted
   8f  jmp 4
   94  call stub
   99  jmp 18
; function 7 use_many
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 7c
    d  cmp dword ptr [r15+50h],0
   12  je 83
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
   59  mov r11,[rsp+10h]
   5e  mov [rsp+20h],r11
   63  add rsp,18h
   67  mov rsi,rax
   6a  mov eax,[rsp+8]
   6e  jmp 73
   73  add rsp,10h
   7a  ret
   7b  int3
   7c  call stub  ; call stack exhausted
   81  jmp 4
   83  call stub
   88  jmp 18
; function 8 globals
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 43
    d  sub rsp,0
   14  mov esi,[r14+50h]
   18  add esi,1
   1b  mov [r14+50h],esi
   1f  mov rsi,1122334455h
   29  mov r11,[r14+40h]
   2d  mov [r11],rsi
   30  mov r11,[r14+40h]
   34  mov rsi,[r11]
   37  mov rax,rsi
   3a  add rsp,0
   41  ret
   42  int3
   43  call stub  ; call stack exhausted
   48  jmp 4
; function 9 reference
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 28
    d  sub rsp,0
   14  mov rsi,[r14+18h]
   18  add rsi,28h
   1c  mov rax,rsi
   1f  add rsp,0
   26  ret
   27  int3
   28  call stub  ; call stack exhausted
   2d  jmp 4
; function 10 table
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 8a
    d  sub rsp,8
   14  mov rbx,rdi
   17  mov esi,ebx
   19  mov r11,[r14+30h]
   1d  cmp rsi,[r11+8]
   21  jae 94
   27  sbb rdi,rdi
   2a  and rsi,rdi
   2d  mov r11,[r11]
   30  mov rsi,[r11+rsi*8]
   34  mov edi,3
   39  mov r11,[r14+30h]
   3d  cmp rdi,[r11+8]
   41  jae 99
   47  sbb rdx,rdx
   4a  and rdi,rdx
   4d  mov r11,[r11]
   50  mov [r11+rdi*8],rsi
   54  mov esi,3
   59  mov r11,[r14+30h]
   5d  cmp rsi,[r11+8]
   61  jae 9e
   67  sbb rdi,rdi
   6a  and rsi,rdi
   6d  mov r11,[r11]
   70  mov rsi,[r11+rsi*8]
   74  test rsi,rsi
   77  sete dil
   7b  movzx edi,dil
   7f  mov eax,edi
   81  add rsp,8
   88  ret
   89  int3
   8a  call stub  ; call stack exhausted
   8f  jmp 4
   94  call stub  ; out of bounds table access
   99  call stub  ; out of bounds table access
   9e  call stub  ; out of bounds table access
; function 11 loop_with_calls
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 74
    d  sub rsp,18h
   14  mov [rsp],r14
   18  mov rbp,rdi
   1b  xor ebx,ebx
   1d  cmp rsp,[r15]
   20  jb 7b
   26  mov esi,ebp
   28  add rbx,rsi
   2b  imul rbx,rbx
   2f  xor rbx,5
   33  mov esi,ebx
   35  mov [rsp+10h],rbx
   3a  mov [rsp+8],rbp
   3f  mov rdi,rsi
   42  mov rax,[r14+18h]
   46  mov r14,[rax+8]
   4a  mov r13,[r14]
   4d  mov r11,[rax]
   50  call r11  ; host function failed
   53  mov r14,[rsp]
   57  mov r13,[r14]
   5a  mov rbx,[rsp+10h]
   5f  mov rbp,[rsp+8]
   64  sub ebp,1
   67  test ebp,ebp
   69  jne 1d
   6b  add rsp,18h
   72  ret
   73  int3
   74  call stub  ; call stack exhausted
   79  jmp 4
   7b  call stub  ; call stack exhausted
   80  jmp 26
