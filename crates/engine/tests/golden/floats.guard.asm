; function 0 hypotenuse
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 4d
    d  cmp dword ptr [r15+50h],0
   12  je 54
   18  sub rsp,10h
   1f  movaps xmm8,xmm0
   23  movaps xmm9,xmm1
   27  movaps xmm7,xmm8
   2b  mulsd xmm7,xmm8
   30  movaps xmm6,xmm9
   34  mulsd xmm6,xmm9
   39  addsd xmm7,xmm6
   3d  sqrtsd xmm6,xmm7
   41  movaps xmm0,xmm6
   44  add rsp,10h
   4b  ret
   4c  int3
   4d  call stub  ; call stack exhausted
   52  jmp 4
   54  call stub
   59  jmp 18
; function 1 least
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 51
    d  cmp dword ptr [r15+50h],0
   12  je 58
   18  sub rsp,10h
   1f  movaps xmm8,xmm0
   23  movaps xmm9,xmm1
   27  movaps xmm7,xmm8
   2b  ucomiss xmm7,xmm9
   2f  jne 40
   31  jp 39
   33  orps xmm7,xmm9
   37  jmp 45
   39  addss xmm7,xmm9
   3e  jmp 45
   40  minss xmm7,xmm9
   45  movaps xmm0,xmm7
   48  add rsp,10h
   4f  ret
   50  int3
   51  call stub  ; call stack exhausted
   56  jmp 4
   58  call stub
   5d  jmp 18
; function 2 negated
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 42
    d  cmp dword ptr [r15+50h],0
   12  je 49
   18  sub rsp,8
   1f  movaps xmm8,xmm0
   23  movaps xmm7,xmm8
   27  mov r11d,80000000h
   2d  movd xmm15,r11d
   32  xorps xmm7,xmm15
   36  movaps xmm0,xmm7
   39  add rsp,8
   40  ret
   41  int3
   42  call stub  ; call stack exhausted
   47  jmp 4
   49  call stub
   4e  jmp 18
; function 3 less
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 3f
    d  cmp dword ptr [r15+50h],0
   12  je 46
   18  sub rsp,10h
   1f  movaps xmm8,xmm0
   23  movaps xmm9,xmm1
   27  ucomisd xmm9,xmm8
   2c  seta sil
   30  movzx esi,sil
   34  mov eax,esi
   36  add rsp,10h
   3d  ret
   3e  int3
   3f  call stub  ; call stack exhausted
   44  jmp 4
   46  call stub
   4b  jmp 18
; function 4 equal
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 50
    d  cmp dword ptr [r15+50h],0
   12  je 57
   18  sub rsp,10h
   1f  movaps xmm8,xmm0
   23  movaps xmm9,xmm1
   27  ucomisd xmm8,xmm9
   2c  jp 42
   32  jne 42
   38  mov eax,1
   3d  jmp 47
   42  mov eax,2
   47  add rsp,10h
   4e  ret
   4f  int3
   50  call stub  ; call stack exhausted
   55  jmp 4
   57  call stub
   5c  jmp 18
; function 5 truncate
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 41
    d  cmp dword ptr [r15+50h],0
   12  je 48
   18  sub rsp,8
   1f  movaps xmm8,xmm0
   23  cvttsd2si rsi,xmm8
   28  movsxd r11,esi
   2b  cmp r11,rsi
   2e  jne 4f
   34  mov esi,esi
   36  mov eax,esi
   38  add rsp,8
   3f  ret
   40  int3
   41  call stub  ; call stack exhausted
   46  jmp 4
   48  call stub
   4d  jmp 18
   4f  ucomisd xmm8,xmm8
   54  jp 5f
   5a  call stub  ; integer overflow
   5f  call stub  ; invalid conversion to integer
; function 6 truncate_wide
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 3e
    d  cmp dword ptr [r15+50h],0
   12  je 45
   18  sub rsp,8
   1f  movaps xmm8,xmm0
   23  cvttss2si rsi,xmm8
   28  cmp rsi,1
   2c  jo 4c
   32  mov rax,rsi
   35  add rsp,8
   3c  ret
   3d  int3
   3e  call stub  ; call stack exhausted
   43  jmp 4
   45  call stub
   4a  jmp 18
   4c  ucomiss xmm8,xmm8
   50  jp 6c
   56  mov r11d,0DF000000h
   5c  movq xmm15,r11
   61  ucomiss xmm8,xmm15
   65  je 32
   67  call stub  ; integer overflow
   6c  call stub  ; invalid conversion to integer
; function 7 saturate
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 8c
    d  cmp dword ptr [r15+50h],0
   12  je 96
   18  sub rsp,8
   1f  movaps xmm8,xmm0
   23  mov r11,43E0000000000000h
   2d  movq xmm15,r11
   32  ucomisd xmm8,xmm15
   37  jb 58
   39  movaps xmm7,xmm8
   3d  subsd xmm7,xmm15
   42  cvttsd2si rsi,xmm7
   47  mov r11,8000000000000000h
   51  xor rsi,r11
   54  js 80
   56  jmp 62
   58  cvttsd2si rsi,xmm8
   5d  test rsi,rsi
   60  jns 80
   62  xorps xmm15,xmm15
   66  ucomisd xmm8,xmm15
   6b  mov esi,0
   70  jp 80
   72  mov rsi,0FFFFFFFFFFFFFFFFh
   79  ja 80
   7b  mov esi,0
   80  mov rax,rsi
   83  add rsp,8
   8a  ret
   8b  int3
   8c  call stub  ; call stack exhausted
   91  jmp 4
   96  call stub
   9b  jmp 18
; function 8 from_unsigned
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 56
    d  cmp dword ptr [r15+50h],0
   12  je 5d
   18  sub rsp,8
   1f  mov rbx,rdi
   22  mov rsi,rbx
   25  xorps xmm7,xmm7
   28  test rsi,rsi
   2b  js 34
   2d  cvtsi2ss xmm7,rsi
   32  jmp 4a
   34  mov r11,rsi
   37  shr r11,1
   3b  and esi,1
   3e  or rsi,r11
   41  cvtsi2ss xmm7,rsi
   46  addss xmm7,xmm7
   4a  movaps xmm0,xmm7
   4d  add rsp,8
   54  ret
   55  int3
   56  call stub  ; call stack exhausted
   5b  jmp 4
   5d  call stub
   62  jmp 18
; function 9 nearest
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 36
    d  cmp dword ptr [r15+50h],0
   12  je 3d
   18  sub rsp,8
   1f  movaps xmm8,xmm0
   23  roundsd xmm7,xmm8,8
   2a  movaps xmm0,xmm7
   2d  add rsp,8
   34  ret
   35  int3
   36  call stub  ; call stack exhausted
   3b  jmp 4
   3d  call stub
   42  jmp 18
; function 10 sum
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 4f
    d  cmp dword ptr [r15+50h],0
   12  je 56
   18  sub rsp,10h
   1f  mov rbx,rdi
   22  xorps xmm8,xmm8
   26  cmp rsp,[r15]
   29  jb 5d
   2f  xorps xmm7,xmm7
   32  cvtsi2sd xmm7,ebx
   36  addsd xmm8,xmm7
   3b  sub ebx,1
   3e  test ebx,ebx
   40  jne 26
   42  movaps xmm0,xmm8
   46  add rsp,10h
   4d  ret
   4e  int3
   4f  call stub  ; call stack exhausted
   54  jmp 4
   56  call stub
   5b  jmp 18
   5d  call stub  ; call stack exhausted
   62  jmp 2f
