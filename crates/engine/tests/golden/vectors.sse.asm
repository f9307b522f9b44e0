; function 0 axpy
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 89
    d  cmp dword ptr [r15+50h],0
   12  je 93
   18  sub rsp,50h
   1f  mov rbx,rdx
   22  movaps xmm9,xmm0
   26  xorps xmm8,xmm8
   2a  pshufd xmm8,xmm9,0
   30  cmp rsp,[r15]
   33  jb 9d
   39  cmp rbx,[r14+48h]
   3d  jae a4
   43  cmovae rbx,[r14+50h]
   48  movups xmm7,[rbx+r13]
   4d  lea r11,[rsi+40h]
   51  cmp r11,[r14+48h]
   55  jae a9
   5b  cmovae rsi,[r14+50h]
   60  movups xmm6,[r13+rsi+40h]
   66  movaps xmm5,xmm8
   6a  mulps xmm5,xmm6
   6d  addps xmm7,xmm5
   70  movups [rbx+r13],xmm7
   75  add esi,10h
   78  add ebx,10h
   7b  sub edi,1
   7e  jne 30
   80  add rsp,50h
   87  ret
   88  int3
   89  call stub  ; call stack exhausted
   8e  jmp 4
   93  call stub
   98  jmp 18
   9d  call stub  ; call stack exhausted
   a2  jmp 39
   a4  call stub  ; out of bounds memory access
   a9  call stub  ; out of bounds memory access
; function 1 callee
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 59
    d  cmp dword ptr [r15+50h],0
   12  je 60
   18  sub rsp,50h
   1f  mov [rsp+10h],rdi
   24  movaps xmm8,xmm0
   28  movaps xmm9,xmm1
   2c  movups [rsp+30h],xmm9
   32  movups [rsp+40h],xmm8
   38  lea r11,[rsp+50h]
   40  movups xmm15,[rsp+40h]
   46  movups [r11+8],xmm15
   4b  movups xmm0,[rsp+30h]
   50  add rsp,50h
   57  ret
   58  int3
   59  call stub  ; call stack exhausted
   5e  jmp 4
   60  call stub
   65  jmp 18
; function 2 calls
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 5e
    d  cmp dword ptr [r15+50h],0
   12  je 65
   18  sub rsp,30h
   1f  movups [rsp],xmm0
   23  sub rsp,10h
   27  movups xmm0,[rsp+10h]
   2c  mov edi,7
   31  movups xmm1,[0x00000004000000030000000200000001]
   38  call function 1
   3d  movups xmm15,[rsp]
   42  movups [rsp+30h],xmm15
   48  add rsp,10h
   4c  movups xmm7,[rsp+20h]
   51  psubd xmm0,xmm7
   55  add rsp,30h
   5c  ret
   5d  int3
   5e  call stub  ; call stack exhausted
   63  jmp 4
   65  call stub
   6a  jmp 18
; function 3 globals
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 43
    d  cmp dword ptr [r15+50h],0
   12  je 4a
   18  sub rsp,10h
   1f  movaps xmm8,xmm0
   23  movups xmm7,[r14+60h]
   28  pxor xmm7,xmm8
   2d  movups [r14+60h],xmm7
   32  movups xmm7,[r14+60h]
   37  movaps xmm0,xmm7
   3a  add rsp,10h
   41  ret
   42  int3
   43  call stub  ; call stack exhausted
   48  jmp 4
   4a  call stub
   4f  jmp 18
; function 4 choose
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 4b
    d  cmp dword ptr [r15+50h],0
   12  je 52
   18  sub rsp,30h
   1f  mov [rsp],rdi
   23  movaps xmm8,xmm0
   27  movaps xmm9,xmm1
   2b  ptest xmm8,xmm8
   31  movaps xmm7,xmm8
   35  jne 3f
   3b  movaps xmm7,xmm9
   3f  movaps xmm0,xmm7
   42  add rsp,30h
   49  ret
   4a  int3
   4b  call stub  ; call stack exhausted
   50  jmp 4
   52  call stub
   57  jmp 18
; function 5 compare
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 4c
    d  cmp dword ptr [r15+50h],0
   12  je 53
   18  sub rsp,20h
   1f  movaps xmm8,xmm0
   23  movaps xmm9,xmm1
   27  movaps xmm7,xmm8
   2b  pminuw xmm7,xmm9
   31  pcmpeqw xmm7,xmm8
   36  pcmpeqd xmm15,xmm15
   3b  pxor xmm7,xmm15
   40  movaps xmm0,xmm7
   43  add rsp,20h
   4a  ret
   4b  int3
   4c  call stub  ; call stack exhausted
   51  jmp 4
   53  call stub
   58  jmp 18
; function 6 compare_wide
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 65
    d  cmp dword ptr [r15+50h],0
   12  je 6c
   18  sub rsp,20h
   1f  movaps xmm8,xmm0
   23  movaps xmm9,xmm1
   27  movaps xmm7,xmm8
   2b  psubq xmm7,xmm9
   30  movaps xmm6,xmm9
   34  pcmpeqd xmm6,xmm8
   39  pand xmm7,xmm6
   3d  movaps xmm6,xmm9
   41  pcmpgtd xmm6,xmm8
   46  por xmm7,xmm6
   4a  pshufd xmm7,xmm7,0F5h
   4f  pcmpeqd xmm15,xmm15
   54  pxor xmm7,xmm15
   59  movaps xmm0,xmm7
   5c  add rsp,20h
   63  ret
   64  int3
   65  call stub  ; call stack exhausted
   6a  jmp 4
   6c  call stub
   71  jmp 18
; function 7 compare_float
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 3d
    d  cmp dword ptr [r15+50h],0
   12  je 44
   18  sub rsp,20h
   1f  movaps xmm8,xmm0
   23  movaps xmm9,xmm1
   27  movaps xmm7,xmm9
   2b  cmpltpd xmm7,xmm8
   31  movaps xmm0,xmm7
   34  add rsp,20h
   3b  ret
   3c  int3
   3d  call stub  ; call stack exhausted
   42  jmp 4
   44  call stub
   49  jmp 18
; function 8 minimum
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 55
    d  cmp dword ptr [r15+50h],0
   12  je 5c
   18  sub rsp,20h
   1f  movaps xmm8,xmm0
   23  movaps xmm9,xmm1
   27  movaps xmm6,xmm9
   2b  minps xmm6,xmm8
   2f  movaps xmm7,xmm8
   33  minps xmm7,xmm9
   37  orps xmm6,xmm7
   3a  cmpunordps xmm7,xmm6
   3e  orps xmm6,xmm7
   41  psrld xmm7,0Ah
   46  andnps xmm7,xmm6
   49  movaps xmm0,xmm7
   4c  add rsp,20h
   53  ret
   54  int3
   55  call stub  ; call stack exhausted
   5a  jmp 4
   5c  call stub
   61  jmp 18
; function 9 maximum
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 5f
    d  cmp dword ptr [r15+50h],0
   12  je 66
   18  sub rsp,20h
   1f  movaps xmm8,xmm0
   23  movaps xmm9,xmm1
   27  movaps xmm6,xmm9
   2b  maxpd xmm6,xmm8
   30  movaps xmm7,xmm8
   34  maxpd xmm7,xmm9
   39  xorpd xmm7,xmm6
   3d  orpd xmm6,xmm7
   41  subpd xmm6,xmm7
   45  cmpunordpd xmm7,xmm6
   4a  psrlq xmm7,0Dh
   4f  andnpd xmm7,xmm6
   53  movaps xmm0,xmm7
   56  add rsp,20h
   5d  ret
   5e  int3
   5f  call stub  ; call stack exhausted
   64  jmp 4
   66  call stub
   6b  jmp 18
; function 10 absolute
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 3a
    d  cmp dword ptr [r15+50h],0
   12  je 41
   18  sub rsp,10h
   1f  movaps xmm8,xmm0
   23  movaps xmm7,xmm8
   27  andps xmm7,[0x7fffffff7fffffff7fffffff7fffffff]
   2e  movaps xmm0,xmm7
   31  add rsp,10h
   38  ret
   39  int3
   3a  call stub  ; call stack exhausted
   3f  jmp 4
   41  call stub
   46  jmp 18
; function 11 multiply
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 65
    d  cmp dword ptr [r15+50h],0
   12  je 6c
   18  sub rsp,20h
   1f  movaps xmm8,xmm0
   23  movaps xmm9,xmm1
   27  movaps xmm7,xmm8
   2b  psrlq xmm7,20h
   30  pmuludq xmm7,xmm9
   35  movaps xmm6,xmm9
   39  psrlq xmm6,20h
   3e  pmuludq xmm6,xmm8
   43  paddq xmm7,xmm6
   47  psllq xmm7,20h
   4c  movaps xmm5,xmm8
   50  pmuludq xmm5,xmm9
   55  paddq xmm5,xmm7
   59  movaps xmm0,xmm5
   5c  add rsp,20h
   63  ret
   64  int3
   65  call stub  ; call stack exhausted
   6a  jmp 4
   6c  call stub
   71  jmp 18
; function 12 popcnt
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 68
    d  cmp dword ptr [r15+50h],0
   12  je 6f
   18  sub rsp,10h
   1f  movaps xmm8,xmm0
   23  movaps xmm7,xmm8
   27  pand xmm7,[0x0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f]
   2f  movaps xmm6,xmm8
   33  psrlw xmm6,4
   38  pand xmm6,[0x0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f]
   40  movups xmm5,[0x04030302030202010302020102010100]
   47  pshufb xmm5,xmm7
   4c  movups xmm7,[0x04030302030202010302020102010100]
   53  pshufb xmm7,xmm6
   58  paddb xmm7,xmm5
   5c  movaps xmm0,xmm7
   5f  add rsp,10h
   66  ret
   67  int3
   68  call stub  ; call stack exhausted
   6d  jmp 4
   6f  call stub
   74  jmp 18
; function 13 shift
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 5a
    d  cmp dword ptr [r15+50h],0
   12  je 61
   18  sub rsp,20h
   1f  movaps xmm8,xmm0
   23  mov r11d,edi
   26  and r11d,7
   2a  movd xmm15,r11d
   2f  movaps xmm5,xmm8
   33  psllw xmm5,xmm15
   38  pcmpeqd xmm7,xmm7
   3c  psllw xmm7,xmm15
   41  pxor xmm6,xmm6
   45  pshufb xmm7,xmm6
   4a  pand xmm5,xmm7
   4e  movaps xmm0,xmm5
   51  add rsp,20h
   58  ret
   59  int3
   5a  call stub  ; call stack exhausted
   5f  jmp 4
   61  call stub
   66  jmp 18
; function 14 shift_known
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 4f
    d  cmp dword ptr [r15+50h],0
   12  je 56
   18  sub rsp,10h
   1f  movaps xmm8,xmm0
   23  movaps xmm7,xmm8
   27  punpckhbw xmm7,xmm8
   2c  psraw xmm7,0Bh
   31  movaps xmm6,xmm8
   35  punpcklbw xmm6,xmm8
   3a  psraw xmm6,0Bh
   3f  packsswb xmm6,xmm7
   43  movaps xmm0,xmm6
   46  add rsp,10h
   4d  ret
   4e  int3
   4f  call stub  ; call stack exhausted
   54  jmp 4
   56  call stub
   5b  jmp 18
; function 15 shift_wide
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 58
    d  cmp dword ptr [r15+50h],0
   12  je 5f
   18  sub rsp,20h
   1f  movaps xmm8,xmm0
   23  mov r11d,edi
   26  and r11d,3Fh
   2a  movd xmm15,r11d
   2f  movups xmm7,[0x80000000000000008000000000000000]
   36  psrlq xmm7,xmm15
   3b  movaps xmm6,xmm8
   3f  psrlq xmm6,xmm15
   44  pxor xmm6,xmm7
   48  psubq xmm6,xmm7
   4c  movaps xmm0,xmm6
   4f  add rsp,20h
   56  ret
   57  int3
   58  call stub  ; call stack exhausted
   5d  jmp 4
   5f  call stub
   64  jmp 18
; function 16 mask
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 3e
    d  cmp dword ptr [r15+50h],0
   12  je 45
   18  sub rsp,10h
   1f  movaps xmm8,xmm0
   23  pxor xmm15,xmm15
   28  movaps xmm7,xmm8
   2c  packsswb xmm7,xmm15
   31  pmovmskb eax,xmm7
   35  add rsp,10h
   3c  ret
   3d  int3
   3e  call stub  ; call stack exhausted
   43  jmp 4
   45  call stub
   4a  jmp 18
; function 17 branch
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 51
    d  cmp dword ptr [r15+50h],0
   12  je 58
   18  sub rsp,10h
   1f  movaps xmm8,xmm0
   23  pxor xmm15,xmm15
   28  pcmpeqd xmm15,xmm8
   2d  ptest xmm15,xmm15
   33  jne 43
   39  mov eax,1
   3e  jmp 48
   43  mov eax,2
   48  add rsp,10h
   4f  ret
   50  int3
   51  call stub  ; call stack exhausted
   56  jmp 4
   58  call stub
   5d  jmp 18
; function 18 bitselect
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 4a
    d  cmp dword ptr [r15+50h],0
   12  je 51
   18  sub rsp,30h
   1f  movaps xmm8,xmm0
   23  movaps xmm10,xmm2
   27  movaps xmm9,xmm1
   2b  movaps xmm7,xmm8
   2f  pxor xmm7,xmm9
   34  pand xmm7,xmm10
   39  pxor xmm7,xmm9
   3e  movaps xmm0,xmm7
   41  add rsp,30h
   48  ret
   49  int3
   4a  call stub  ; call stack exhausted
   4f  jmp 4
   51  call stub
   56  jmp 18
; function 19 splat
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 3a
    d  cmp dword ptr [r15+50h],0
   12  je 41
   18  sub rsp,10h
   1f  movd xmm7,edi
   23  pxor xmm15,xmm15
   28  pshufb xmm7,xmm15
   2e  movaps xmm0,xmm7
   31  add rsp,10h
   38  ret
   39  int3
   3a  call stub  ; call stack exhausted
   3f  jmp 4
   41  call stub
   46  jmp 18
; function 20 lanes
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 43
    d  cmp dword ptr [r15+50h],0
   12  je 4a
   18  sub rsp,10h
   1f  movaps xmm8,xmm0
   23  pextrw edi,xmm8,5
   2a  movsx edi,di
   2d  movaps xmm7,xmm8
   31  pinsrd xmm7,edi,2
   37  movaps xmm0,xmm7
   3a  add rsp,10h
   41  ret
   42  int3
   43  call stub  ; call stack exhausted
   48  jmp 4
   4a  call stub
   4f  jmp 18
; function 21 shuffle
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 51
    d  cmp dword ptr [r15+50h],0
   12  je 58
   18  sub rsp,20h
   1f  movaps xmm8,xmm0
   23  movaps xmm9,xmm1
   27  movaps xmm7,xmm8
   2b  pshufb xmm7,[0x07800680058004800380028001800080]
   34  movaps xmm6,xmm9
   38  pshufb xmm6,[0x80088009800a800b800c800d800e800f]
   41  por xmm7,xmm6
   45  movaps xmm0,xmm7
   48  add rsp,20h
   4f  ret
   50  int3
   51  call stub  ; call stack exhausted
   56  jmp 4
   58  call stub
   5d  jmp 18
; function 22 shuffle_dwords
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 39
    d  cmp dword ptr [r15+50h],0
   12  je 40
   18  sub rsp,20h
   1f  movaps xmm8,xmm0
   23  movaps xmm9,xmm1
   27  pshufd xmm7,xmm8,0B1h
   2d  movaps xmm0,xmm7
   30  add rsp,20h
   37  ret
   38  int3
   39  call stub  ; call stack exhausted
   3e  jmp 4
   40  call stub
   45  jmp 18
; function 23 swizzle
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 48
    d  cmp dword ptr [r15+50h],0
   12  je 4f
   18  sub rsp,20h
   1f  movaps xmm8,xmm0
   23  movaps xmm9,xmm1
   27  movaps xmm7,xmm9
   2b  paddusb xmm7,[0x70707070707070707070707070707070]
   33  movaps xmm6,xmm8
   37  pshufb xmm6,xmm7
   3c  movaps xmm0,xmm6
   3f  add rsp,20h
   46  ret
   47  int3
   48  call stub  ; call stack exhausted
   4d  jmp 4
   4f  call stub
   54  jmp 18
; function 24 widen
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 4d
    d  cmp dword ptr [r15+50h],0
   12  je 54
   18  sub rsp,20h
   1f  movaps xmm8,xmm0
   23  movaps xmm9,xmm1
   27  pshufd xmm7,xmm8,0EEh
   2d  pmovzxbw xmm7,xmm7
   32  pshufd xmm6,xmm9,0EEh
   38  pmovzxbw xmm6,xmm6
   3d  pmullw xmm7,xmm6
   41  movaps xmm0,xmm7
   44  add rsp,20h
   4b  ret
   4c  int3
   4d  call stub  ; call stack exhausted
   52  jmp 4
   54  call stub
   59  jmp 18
; function 25 pairs
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 4b
    d  cmp dword ptr [r15+50h],0
   12  je 52
   18  sub rsp,10h
   1f  movaps xmm8,xmm0
   23  movaps xmm7,xmm8
   27  pxor xmm7,[0x80008000800080008000800080008000]
   2f  pmaddwd xmm7,[0x00010001000100010001000100010001]
   37  paddd xmm7,[0x00010000000100000001000000010000]
   3f  movaps xmm0,xmm7
   42  add rsp,10h
   49  ret
   4a  int3
   4b  call stub  ; call stack exhausted
   50  jmp 4
   52  call stub
   57  jmp 18
; function 26 truncate
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 67
    d  cmp dword ptr [r15+50h],0
   12  je 6e
   18  sub rsp,10h
   1f  movaps xmm8,xmm0
   23  pxor xmm15,xmm15
   28  movaps xmm7,xmm8
   2c  maxps xmm7,xmm15
   30  movaps xmm6,xmm7
   33  subps xmm6,[0x4f0000004f0000004f0000004f000000]
   3a  movups xmm5,[0x4f0000004f0000004f0000004f000000]
   41  cmpleps xmm5,xmm6
   45  cvttps2dq xmm6,xmm6
   49  pxor xmm6,xmm5
   4d  pmaxsd xmm6,xmm15
   53  cvttps2dq xmm7,xmm7
   57  paddd xmm7,xmm6
   5b  movaps xmm0,xmm7
   5e  add rsp,10h
   65  ret
   66  int3
   67  call stub  ; call stack exhausted
   6c  jmp 4
   6e  call stub
   73  jmp 18
; function 27 truncate_double
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 4d
    d  cmp dword ptr [r15+50h],0
   12  je 54
   18  sub rsp,10h
   1f  movaps xmm8,xmm0
   23  movaps xmm7,xmm8
   27  cmpeqpd xmm7,xmm8
   2d  andpd xmm7,[0x41dfffffffc0000041dfffffffc00000]
   35  movaps xmm6,xmm8
   39  minpd xmm6,xmm7
   3d  cvttpd2dq xmm6,xmm6
   41  movaps xmm0,xmm6
   44  add rsp,10h
   4b  ret
   4c  int3
   4d  call stub  ; call stack exhausted
   52  jmp 4
   54  call stub
   59  jmp 18
; function 28 convert
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 53
    d  cmp dword ptr [r15+50h],0
   12  je 5a
   18  sub rsp,10h
   1f  movaps xmm8,xmm0
   23  pxor xmm6,xmm6
   27  pblendw xmm6,xmm8,55h
   2e  movaps xmm7,xmm8
   32  psubd xmm7,xmm6
   36  cvtdq2ps xmm6,xmm6
   39  psrld xmm7,1
   3e  cvtdq2ps xmm7,xmm7
   41  addps xmm7,xmm7
   44  addps xmm7,xmm6
   47  movaps xmm0,xmm7
   4a  add rsp,10h
   51  ret
   52  int3
   53  call stub  ; call stack exhausted
   58  jmp 4
   5a  call stub
   5f  jmp 18
; function 29 load_lane
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 49
    d  cmp dword ptr [r15+50h],0
   12  je 50
   18  sub rsp,20h
   1f  movaps xmm8,xmm0
   23  cmp rdi,[r14+30h]
   27  jae 57
   2d  cmovae rdi,[r14+50h]
   32  movaps xmm7,xmm8
   36  pinsrw xmm7,[rdi+r13],3
   3d  movaps xmm0,xmm7
   40  add rsp,20h
   47  ret
   48  int3
   49  call stub  ; call stack exhausted
   4e  jmp 4
   50  call stub
   55  jmp 18
   57  call stub  ; out of bounds memory access
; function 30 load_splat
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 4d
    d  cmp dword ptr [r15+50h],0
   12  je 54
   18  sub rsp,10h
   1f  cmp rdi,[r14+8]
   23  jae 5b
   29  cmovae rdi,[r14+50h]
   2e  pinsrb xmm7,[rdi+r13],0
   36  pxor xmm15,xmm15
   3b  pshufb xmm7,xmm15
   41  movaps xmm0,xmm7
   44  add rsp,10h
   4b  ret
   4c  int3
   4d  call stub  ; call stack exhausted
   52  jmp 4
   54  call stub
   59  jmp 18
   5b  call stub  ; out of bounds memory access
; function 31 store_lane
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 43
    d  cmp dword ptr [r15+50h],0
   12  je 4a
   18  sub rsp,20h
   1f  movaps xmm8,xmm0
   23  cmp rdi,[r14+38h]
   27  jae 51
   2d  cmovae rdi,[r14+50h]
   32  pextrd [rdi+r13],xmm8,1
   3a  add rsp,20h
   41  ret
   42  int3
   43  call stub  ; call stack exhausted
   48  jmp 4
   4a  call stub
   4f  jmp 18
   51  call stub  ; out of bounds memory access
