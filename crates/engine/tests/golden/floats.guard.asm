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
   2c  seta dil
   30  movzx edi,dil
   34  mov eax,edi
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
    7  jb 3f
    d  cmp dword ptr [r15+50h],0
   12  je 46
   18  sub rsp,8
   1f  movaps xmm8,xmm0
   23  cvttsd2si rax,xmm8
   28  movsxd r11,eax
   2b  cmp r11,rax
   2e  jne 4d
   34  mov eax,eax
   36  add rsp,8
   3d  ret
   3e  int3
   3f  call stub  ; call stack exhausted
   44  jmp 4
   46  call stub
   4b  jmp 18
   4d  ucomisd xmm8,xmm8
   52  jp 5d
   58  call stub  ; integer overflow
   5d  call stub  ; invalid conversion to integer
; function 6 truncate_wide
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 3b
    d  cmp dword ptr [r15+50h],0
   12  je 42
   18  sub rsp,8
   1f  movaps xmm8,xmm0
   23  cvttss2si rax,xmm8
   28  cmp rax,1
   2c  jo 49
   32  add rsp,8
   39  ret
   3a  int3
   3b  call stub  ; call stack exhausted
   40  jmp 4
   42  call stub
   47  jmp 18
   49  ucomiss xmm8,xmm8
   4d  jp 69
   53  mov r11d,0DF000000h
   59  movq xmm15,r11
   5e  ucomiss xmm8,xmm15
   62  je 32
   64  call stub  ; integer overflow
   69  call stub  ; invalid conversion to integer
; function 7 saturate
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 89
    d  cmp dword ptr [r15+50h],0
   12  je 93
   18  sub rsp,8
   1f  movaps xmm8,xmm0
   23  mov r11,43E0000000000000h
   2d  movq xmm15,r11
   32  ucomisd xmm8,xmm15
   37  jb 58
   39  movaps xmm7,xmm8
   3d  subsd xmm7,xmm15
   42  cvttsd2si rax,xmm7
   47  mov r11,8000000000000000h
   51  xor rax,r11
   54  js 80
   56  jmp 62
   58  cvttsd2si rax,xmm8
   5d  test rax,rax
   60  jns 80
   62  xorps xmm15,xmm15
   66  ucomisd xmm8,xmm15
   6b  mov eax,0
   70  jp 80
   72  mov rax,0FFFFFFFFFFFFFFFFh
   79  ja 80
   7b  mov eax,0
   80  add rsp,8
   87  ret
   88  int3
   89  call stub  ; call stack exhausted
   8e  jmp 4
   93  call stub
   98  jmp 18
; function 8 from_unsigned
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 53
    d  cmp dword ptr [r15+50h],0
   12  je 5a
   18  sub rsp,8
   1f  mov rax,rdi
   22  xorps xmm7,xmm7
   25  test rax,rax
   28  js 31
   2a  cvtsi2ss xmm7,rax
   2f  jmp 47
   31  mov r11,rax
   34  shr r11,1
   38  and eax,1
   3b  or rax,r11
   3e  cvtsi2ss xmm7,rax
   43  addss xmm7,xmm7
   47  movaps xmm0,xmm7
   4a  add rsp,8
   51  ret
   52  int3
   53  call stub  ; call stack exhausted
   58  jmp 4
   5a  call stub
   5f  jmp 18
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
    7  jb 4a
    d  cmp dword ptr [r15+50h],0
   12  je 51
   18  sub rsp,10h
   1f  xorps xmm8,xmm8
   23  cmp rsp,[r15]
   26  jb 58
   2c  xorps xmm7,xmm7
   2f  cvtsi2sd xmm7,edi
   33  addsd xmm8,xmm7
   38  sub edi,1
   3b  jne 23
   3d  movaps xmm0,xmm8
   41  add rsp,10h
   48  ret
   49  int3
   4a  call stub  ; call stack exhausted
   4f  jmp 4
   51  call stub
   56  jmp 18
   58  call stub  ; call stack exhausted
   5d  jmp 2c
