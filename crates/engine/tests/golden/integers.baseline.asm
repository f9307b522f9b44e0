; function 0 add
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 28
    d  sub rsp,10h
   14  mov rbx,rdi
   17  mov rbp,rsi
   1a  lea esi,[rbx+rbp]
   1d  mov eax,esi
   1f  add rsp,10h
   26  ret
   27  int3
   28  call stub  ; call stack exhausted
   2d  jmp 4
; function 1 address
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 25
    d  sub rsp,8
   14  mov rbx,rdi
   17  lea esi,[rbx+0Ch]
   1a  mov eax,esi
   1c  add rsp,8
   23  ret
   24  int3
   25  call stub  ; call stack exhausted
   2a  jmp 4
; function 2 scale
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 27
    d  sub rsp,8
   14  mov rbx,rdi
   17  mov esi,ebx
   19  shl esi,3
   1c  mov eax,esi
   1e  add rsp,8
   25  ret
   26  int3
   27  call stub  ; call stack exhausted
   2c  jmp 4
; function 3 wide
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 33
    d  sub rsp,8
   14  mov rbx,rdi
   17  mov rsi,rbx
   1a  mov rdi,123456789Ah
   24  add rsi,rdi
   27  mov rax,rsi
   2a  add rsp,8
   31  ret
   32  int3
   33  call stub  ; call stack exhausted
   38  jmp 4
; function 4 in_place
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 2e
    d  sub rsp,10h
   14  mov rbx,rdi
   17  mov rbp,rsi
   1a  sub ebx,1
   1d  mov esi,ebx
   1f  sub esi,ebp
   21  mov ebp,esi
   23  mov eax,ebp
   25  add rsp,10h
   2c  ret
   2d  int3
   2e  call stub  ; call stack exhausted
   33  jmp 4
; function 5 kept
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 2b
    d  sub rsp,8
   14  mov rbx,rdi
   17  mov esi,ebx
   19  mov ebx,7
   1e  sub esi,ebx
   20  mov eax,esi
   22  add rsp,8
   29  ret
   2a  int3
   2b  call stub  ; call stack exhausted
   30  jmp 4
; function 6 shifts
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 2e
    d  sub rsp,10h
   14  mov rbx,rdi
   17  mov rbp,rsi
   1a  mov esi,ebx
   1c  shr esi,3
   1f  mov ecx,ebp
   21  shl esi,cl
   23  mov eax,esi
   25  add rsp,10h
   2c  ret
   2d  int3
   2e  call stub  ; call stack exhausted
   33  jmp 4
; function 7 divide
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 37
    d  sub rsp,10h
   14  mov rbx,rdi
   17  mov rbp,rsi
   1a  mov eax,ebx
   1c  cmp ebp,0FFFFFFFFh
   1f  jne 2b
   21  neg eax
   23  jo 3e
   29  jmp 2e
   2b  cdq
   2c  idiv ebp  ; integer divide by zero
   2e  add rsp,10h
   35  ret
   36  int3
   37  call stub  ; call stack exhausted
   3c  jmp 4
   3e  call stub  ; integer overflow
; function 8 remainder
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 38
    d  sub rsp,10h
   14  mov rbx,rdi
   17  mov rbp,rsi
   1a  mov rax,rbx
   1d  cmp rbp,0FFFFFFFFFFFFFFFFh
   21  jne 27
   23  xor edx,edx
   25  jmp 2c
   27  cqo
   29  idiv rbp  ; integer divide by zero
   2c  mov rax,rdx
   2f  add rsp,10h
   36  ret
   37  int3
   38  call stub  ; call stack exhausted
   3d  jmp 4
; function 9 constant_divisors
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 35
    d  sub rsp,8
   14  mov rbx,rdi
   17  mov esi,ebx
   19  shr esi,4
   1c  mov r11d,0Ah
   22  mov eax,ebx
   24  cdq
   25  idiv r11d  ; integer divide by zero
   28  add esi,eax
   2a  mov eax,esi
   2c  add rsp,8
   33  ret
   34  int3
   35  call stub  ; call stack exhausted
   3a  jmp 4
; function 10 compare
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 2f
    d  sub rsp,10h
   14  mov rbx,rdi
   17  mov rbp,rsi
   1a  cmp ebx,ebp
   1c  setl sil
   20  movzx esi,sil
   24  mov eax,esi
   26  add rsp,10h
   2d  ret
   2e  int3
   2f  call stub  ; call stack exhausted
   34  jmp 4
; function 11 choose
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 31
    d  sub rsp,18h
   14  mov rbx,rdi
   17  mov r12,rdx
   1a  mov rbp,rsi
   1d  cmp r12d,5
   21  mov esi,ebx
   23  cmovbe esi,ebp
   26  mov eax,esi
   28  add rsp,18h
   2f  ret
   30  int3
   31  call stub  ; call stack exhausted
   36  jmp 4
; function 12 count
    0  endbr64
    4  cmp rsp,[r15]
    7  jb a5
    d  sub rsp,8
   14  mov rbx,rdi
   17  mov rsi,rbx
   1a  mov rdi,rsi
   1d  shr rdi,1
   21  mov r11,5555555555555555h
   2b  and rdi,r11
   2e  sub rsi,rdi
   31  mov r11,3333333333333333h
   3b  mov rdi,rsi
   3e  and rsi,r11
   41  shr rdi,2
   45  and rdi,r11
   48  add rsi,rdi
   4b  mov rdi,rsi
   4e  shr rdi,4
   52  add rsi,rdi
   55  mov r11,0F0F0F0F0F0F0F0Fh
   5f  and rsi,r11
   62  mov r11,101010101010101h
   6c  imul rsi,r11
   70  shr rsi,38h
   74  mov r11d,7Fh
   7a  bsr rdi,rbx
   7e  cmove rdi,r11
   82  xor edi,3Fh
   85  mov r11d,40h
   8b  bsf rdx,rbx
   8f  cmove rdx,r11
   93  add rdi,rdx
   96  add rsi,rdi
   99  mov rax,rsi
   9c  add rsp,8
   a3  ret
   a4  int3
   a5  call stub  ; call stack exhausted
   aa  jmp 4
