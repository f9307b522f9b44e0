; function 0 add
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 20
    d  sub rsp,10h
   14  lea eax,[rdi+rsi]
   17  add rsp,10h
   1e  ret
   1f  int3
   20  call stub  ; call stack exhausted
   25  jmp 4
; function 1 address
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 20
    d  sub rsp,8
   14  lea eax,[rdi+0Ch]
   17  add rsp,8
   1e  ret
   1f  int3
   20  call stub  ; call stack exhausted
   25  jmp 4
; function 2 scale
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 22
    d  sub rsp,8
   14  mov eax,edi
   16  shl eax,3
   19  add rsp,8
   20  ret
   21  int3
   22  call stub  ; call stack exhausted
   27  jmp 4
; function 3 wide
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 2d
    d  sub rsp,8
   14  mov rax,rdi
   17  mov rsi,123456789Ah
   21  add rax,rsi
   24  add rsp,8
   2b  ret
   2c  int3
   2d  call stub  ; call stack exhausted
   32  jmp 4
; function 4 in_place
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 28
    d  sub rsp,10h
   14  sub edi,1
   17  mov edx,edi
   19  sub edx,esi
   1b  mov esi,edx
   1d  mov eax,esi
   1f  add rsp,10h
   26  ret
   27  int3
   28  call stub  ; call stack exhausted
   2d  jmp 4
; function 5 kept
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 28
    d  sub rsp,8
   14  mov esi,edi
   16  mov edi,7
   1b  sub esi,edi
   1d  mov eax,esi
   1f  add rsp,8
   26  ret
   27  int3
   28  call stub  ; call stack exhausted
   2d  jmp 4
; function 6 shifts
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 28
    d  sub rsp,10h
   14  mov edx,edi
   16  shr edx,3
   19  mov ecx,esi
   1b  shl edx,cl
   1d  mov eax,edx
   1f  add rsp,10h
   26  ret
   27  int3
   28  call stub  ; call stack exhausted
   2d  jmp 4
; function 7 divide
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 31
    d  sub rsp,10h
   14  mov eax,edi
   16  cmp esi,0FFFFFFFFh
   19  jne 25
   1b  neg eax
   1d  jo 38
   23  jmp 28
   25  cdq
   26  idiv esi  ; integer divide by zero
   28  add rsp,10h
   2f  ret
   30  int3
   31  call stub  ; call stack exhausted
   36  jmp 4
   38  call stub  ; integer overflow
; function 8 remainder
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 32
    d  sub rsp,10h
   14  mov rax,rdi
   17  cmp rsi,0FFFFFFFFFFFFFFFFh
   1b  jne 21
   1d  xor edx,edx
   1f  jmp 26
   21  cqo
   23  idiv rsi  ; integer divide by zero
   26  mov rax,rdx
   29  add rsp,10h
   30  ret
   31  int3
   32  call stub  ; call stack exhausted
   37  jmp 4
; function 9 constant_divisors
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 32
    d  sub rsp,8
   14  mov esi,edi
   16  shr esi,4
   19  mov r11d,0Ah
   1f  mov eax,edi
   21  cdq
   22  idiv r11d  ; integer divide by zero
   25  add esi,eax
   27  mov eax,esi
   29  add rsp,8
   30  ret
   31  int3
   32  call stub  ; call stack exhausted
   37  jmp 4
; function 10 compare
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 27
    d  sub rsp,10h
   14  cmp edi,esi
   16  setl dl
   19  movzx edx,dl
   1c  mov eax,edx
   1e  add rsp,10h
   25  ret
   26  int3
   27  call stub  ; call stack exhausted
   2c  jmp 4
; function 11 choose
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 28
    d  sub rsp,18h
   14  mov rbx,rdx
   17  cmp ebx,5
   1a  mov eax,edi
   1c  cmovbe eax,esi
   1f  add rsp,18h
   26  ret
   27  int3
   28  call stub  ; call stack exhausted
   2d  jmp 4
; function 12 count
    0  endbr64
    4  cmp rsp,[r15]
    7  jb a2
    d  sub rsp,8
   14  mov rsi,rdi
   17  mov rdx,rsi
   1a  shr rdx,1
   1e  mov r11,5555555555555555h
   28  and rdx,r11
   2b  sub rsi,rdx
   2e  mov r11,3333333333333333h
   38  mov rdx,rsi
   3b  and rsi,r11
   3e  shr rdx,2
   42  and rdx,r11
   45  add rsi,rdx
   48  mov rdx,rsi
   4b  shr rdx,4
   4f  add rsi,rdx
   52  mov r11,0F0F0F0F0F0F0F0Fh
   5c  and rsi,r11
   5f  mov r11,101010101010101h
   69  imul rsi,r11
   6d  shr rsi,38h
   71  mov r11d,7Fh
   77  bsr rdx,rdi
   7b  cmove rdx,r11
   7f  xor edx,3Fh
   82  mov r11d,40h
   88  bsf rax,rdi
   8c  cmove rax,r11
   90  add rdx,rax
   93  add rsi,rdx
   96  mov rax,rsi
   99  add rsp,8
   a0  ret
   a1  int3
   a2  call stub  ; call stack exhausted
   a7  jmp 4
; function 13 tested
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 3f
    d  sub rsp,10h
   14  test dil,4
   18  je 28
   1e  mov eax,1
   23  jmp 36
   28  test esi,12345h
   2e  sete dl
   31  movzx edx,dl
   34  mov eax,edx
   36  add rsp,10h
   3d  ret
   3e  int3
   3f  call stub  ; call stack exhausted
   44  jmp 4
; function 14 masked
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 2a
    d  sub rsp,10h
   14  movzx edx,dil
   18  movzx eax,si
   1b  or rdx,rax
   1e  mov rax,rdx
   21  add rsp,10h
   28  ret
   29  int3
   2a  call stub  ; call stack exhausted
   2f  jmp 4
; function 15 scaled
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 20
    d  sub rsp,10h
   14  lea eax,[rdi+rsi*4]
   17  add rsp,10h
   1e  ret
   1f  int3
   20  call stub  ; call stack exhausted
   25  jmp 4
; function 16 larger
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 27
    d  sub rsp,10h
   14  cmp edi,esi
   16  cmovle edi,esi
   19  mov eax,edi
   1b  imul eax,edi
   1e  add rsp,10h
   25  ret
   26  int3
   27  call stub  ; call stack exhausted
   2c  jmp 4
