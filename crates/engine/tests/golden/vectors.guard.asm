; function 0 axpy
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 65
    d  cmp dword ptr [r15+50h],0
   12  je 6c
   18  sub rsp,50h
   1f  mov rbx,rdx
   22  movaps xmm9,xmm0
   26  xorps xmm8,xmm8
   2a  vpshufd xmm8,xmm9,0
   30  cmp rsp,[r15]
   33  jb 73
   39  movups xmm7,[rbx+r13]  ; out of bounds memory access
   3e  movups xmm6,[r13+rsi+40h]  ; out of bounds memory access
   44  vmulps xmm6,xmm8,xmm6
   48  vaddps xmm7,xmm7,xmm6
   4c  movups [rbx+r13],xmm7  ; out of bounds memory access
   51  add esi,10h
   54  add ebx,10h
   57  sub edi,1
   5a  jne 30
   5c  add rsp,50h
   63  ret
   64  int3
   65  call stub  ; call stack exhausted
   6a  jmp 4
   6c  call stub
   71  jmp 18
   73  call stub  ; call stack exhausted
   78  jmp 39
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
    7  jb 5b
    d  cmp dword ptr [r15+50h],0
   12  je 62
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
   4c  vpsubd xmm0,xmm0,[rsp+20h]
   52  add rsp,30h
   59  ret
   5a  int3
   5b  call stub  ; call stack exhausted
   60  jmp 4
   62  call stub
   67  jmp 18
; function 3 globals
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 43
    d  cmp dword ptr [r15+50h],0
   12  je 4a
   18  sub rsp,10h
   1f  movaps xmm8,xmm0
   23  movups xmm7,[r14+60h]
   28  vpxor xmm7,xmm7,xmm8
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
    7  jb 4a
    d  cmp dword ptr [r15+50h],0
   12  je 51
   18  sub rsp,30h
   1f  mov [rsp],rdi
   23  movaps xmm8,xmm0
   27  movaps xmm9,xmm1
   2b  vptest xmm8,xmm8
   30  movaps xmm7,xmm8
   34  jne 3e
   3a  movaps xmm7,xmm9
   3e  movaps xmm0,xmm7
   41  add rsp,30h
   48  ret
   49  int3
   4a  call stub  ; call stack exhausted
   4f  jmp 4
   51  call stub
   56  jmp 18
; function 5 compare
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 47
    d  cmp dword ptr [r15+50h],0
   12  je 4e
   18  sub rsp,20h
   1f  movaps xmm8,xmm0
   23  movaps xmm9,xmm1
   27  vpminuw xmm7,xmm8,xmm9
   2c  vpcmpeqw xmm7,xmm7,xmm8
   31  vpcmpeqd xmm15,xmm15,xmm15
   36  vpxor xmm7,xmm7,xmm15
   3b  movaps xmm0,xmm7
   3e  add rsp,20h
   45  ret
   46  int3
   47  call stub  ; call stack exhausted
   4c  jmp 4
   4e  call stub
   53  jmp 18
; function 6 compare_wide
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 42
    d  cmp dword ptr [r15+50h],0
   12  je 49
   18  sub rsp,20h
   1f  movaps xmm8,xmm0
   23  movaps xmm9,xmm1
   27  vpcmpgtq xmm7,xmm9,xmm8
   2c  vpcmpeqd xmm15,xmm15,xmm15
   31  vpxor xmm7,xmm7,xmm15
   36  movaps xmm0,xmm7
   39  add rsp,20h
   40  ret
   41  int3
   42  call stub  ; call stack exhausted
   47  jmp 4
   49  call stub
   4e  jmp 18
; function 7 compare_float
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 39
    d  cmp dword ptr [r15+50h],0
   12  je 40
   18  sub rsp,20h
   1f  movaps xmm8,xmm0
   23  movaps xmm9,xmm1
   27  vcmpltpd xmm7,xmm9,xmm8
   2d  movaps xmm0,xmm7
   30  add rsp,20h
   37  ret
   38  int3
   39  call stub  ; call stack exhausted
   3e  jmp 4
   40  call stub
   45  jmp 18
; function 8 minimum
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 53
    d  cmp dword ptr [r15+50h],0
   12  je 5a
   18  sub rsp,20h
   1f  movaps xmm8,xmm0
   23  movaps xmm9,xmm1
   27  vminps xmm6,xmm9,xmm8
   2c  vminps xmm7,xmm8,xmm9
   31  vorps xmm6,xmm6,xmm7
   35  vcmpunordps xmm7,xmm7,xmm6
   3a  vorps xmm6,xmm6,xmm7
   3e  vpsrld xmm7,xmm7,0Ah
   43  vandnps xmm7,xmm7,xmm6
   47  movaps xmm0,xmm7
   4a  add rsp,20h
   51  ret
   52  int3
   53  call stub  ; call stack exhausted
   58  jmp 4
   5a  call stub
   5f  jmp 18
; function 9 maximum
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 57
    d  cmp dword ptr [r15+50h],0
   12  je 5e
   18  sub rsp,20h
   1f  movaps xmm8,xmm0
   23  movaps xmm9,xmm1
   27  vmaxpd xmm6,xmm9,xmm8
   2c  vmaxpd xmm7,xmm8,xmm9
   31  vxorpd xmm7,xmm7,xmm6
   35  vorpd xmm6,xmm6,xmm7
   39  vsubpd xmm6,xmm6,xmm7
   3d  vcmpunordpd xmm7,xmm7,xmm6
   42  vpsrlq xmm7,xmm7,0Dh
   47  vandnpd xmm7,xmm7,xmm6
   4b  movaps xmm0,xmm7
   4e  add rsp,20h
   55  ret
   56  int3
   57  call stub  ; call stack exhausted
   5c  jmp 4
   5e  call stub
   63  jmp 18
; function 10 absolute
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 37
    d  cmp dword ptr [r15+50h],0
   12  je 3e
   18  sub rsp,10h
   1f  movaps xmm8,xmm0
   23  vandps xmm7,xmm8,[0x7fffffff7fffffff7fffffff7fffffff]
   2b  movaps xmm0,xmm7
   2e  add rsp,10h
   35  ret
   36  int3
   37  call stub  ; call stack exhausted
   3c  jmp 4
   3e  call stub
   43  jmp 18
; function 11 multiply
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 5b
    d  cmp dword ptr [r15+50h],0
   12  je 62
   18  sub rsp,20h
   1f  movaps xmm8,xmm0
   23  movaps xmm9,xmm1
   27  vpsrlq xmm7,xmm8,20h
   2d  vpmuludq xmm7,xmm7,xmm9
   32  vpsrlq xmm6,xmm9,20h
   38  vpmuludq xmm6,xmm6,xmm8
   3d  vpaddq xmm7,xmm7,xmm6
   41  vpsllq xmm7,xmm7,20h
   46  vpmuludq xmm5,xmm8,xmm9
   4b  vpaddq xmm5,xmm5,xmm7
   4f  movaps xmm0,xmm5
   52  add rsp,20h
   59  ret
   5a  int3
   5b  call stub  ; call stack exhausted
   60  jmp 4
   62  call stub
   67  jmp 18
; function 12 popcnt
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 61
    d  cmp dword ptr [r15+50h],0
   12  je 68
   18  sub rsp,10h
   1f  movaps xmm8,xmm0
   23  vpand xmm7,xmm8,[0x0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f]
   2b  vpsrlw xmm6,xmm8,4
   31  vpand xmm6,xmm6,[0x0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f]
   39  movups xmm5,[0x04030302030202010302020102010100]
   40  vpshufb xmm5,xmm5,xmm7
   45  movups xmm7,[0x04030302030202010302020102010100]
   4c  vpshufb xmm7,xmm7,xmm6
   51  vpaddb xmm7,xmm7,xmm5
   55  movaps xmm0,xmm7
   58  add rsp,10h
   5f  ret
   60  int3
   61  call stub  ; call stack exhausted
   66  jmp 4
   68  call stub
   6d  jmp 18
; function 13 shift
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 56
    d  cmp dword ptr [r15+50h],0
   12  je 5d
   18  sub rsp,20h
   1f  movaps xmm8,xmm0
   23  mov r11d,edi
   26  and r11d,7
   2a  movd xmm15,r11d
   2f  vpsllw xmm5,xmm8,xmm15
   34  vpcmpeqd xmm7,xmm7,xmm7
   38  vpsllw xmm7,xmm7,xmm15
   3d  vpxor xmm6,xmm6,xmm6
   41  vpshufb xmm7,xmm7,xmm6
   46  vpand xmm5,xmm5,xmm7
   4a  movaps xmm0,xmm5
   4d  add rsp,20h
   54  ret
   55  int3
   56  call stub  ; call stack exhausted
   5b  jmp 4
   5d  call stub
   62  jmp 18
; function 14 shift_known
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 47
    d  cmp dword ptr [r15+50h],0
   12  je 4e
   18  sub rsp,10h
   1f  movaps xmm8,xmm0
   23  vpunpckhbw xmm7,xmm8,xmm8
   28  vpsraw xmm7,xmm7,0Bh
   2d  vpunpcklbw xmm6,xmm8,xmm8
   32  vpsraw xmm6,xmm6,0Bh
   37  vpacksswb xmm6,xmm6,xmm7
   3b  movaps xmm0,xmm6
   3e  add rsp,10h
   45  ret
   46  int3
   47  call stub  ; call stack exhausted
   4c  jmp 4
   4e  call stub
   53  jmp 18
; function 15 shift_wide
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 54
    d  cmp dword ptr [r15+50h],0
   12  je 5b
   18  sub rsp,20h
   1f  movaps xmm8,xmm0
   23  mov r11d,edi
   26  and r11d,3Fh
   2a  movd xmm15,r11d
   2f  movups xmm7,[0x80000000000000008000000000000000]
   36  vpsrlq xmm7,xmm7,xmm15
   3b  vpsrlq xmm6,xmm8,xmm15
   40  vpxor xmm6,xmm6,xmm7
   44  vpsubq xmm6,xmm6,xmm7
   48  movaps xmm0,xmm6
   4b  add rsp,20h
   52  ret
   53  int3
   54  call stub  ; call stack exhausted
   59  jmp 4
   5b  call stub
   60  jmp 18
; function 16 mask
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 3a
    d  cmp dword ptr [r15+50h],0
   12  je 41
   18  sub rsp,10h
   1f  movaps xmm8,xmm0
   23  vpxor xmm15,xmm15,xmm15
   28  vpacksswb xmm7,xmm8,xmm15
   2d  vpmovmskb eax,xmm7
   31  add rsp,10h
   38  ret
   39  int3
   3a  call stub  ; call stack exhausted
   3f  jmp 4
   41  call stub
   46  jmp 18
; function 17 branch
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 50
    d  cmp dword ptr [r15+50h],0
   12  je 57
   18  sub rsp,10h
   1f  movaps xmm8,xmm0
   23  vpxor xmm15,xmm15,xmm15
   28  vpcmpeqd xmm15,xmm15,xmm8
   2d  vptest xmm15,xmm15
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
; function 18 bitselect
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 46
    d  cmp dword ptr [r15+50h],0
   12  je 4d
   18  sub rsp,30h
   1f  movaps xmm8,xmm0
   23  movaps xmm10,xmm2
   27  movaps xmm9,xmm1
   2b  vpxor xmm7,xmm8,xmm9
   30  vpand xmm7,xmm7,xmm10
   35  vpxor xmm7,xmm7,xmm9
   3a  movaps xmm0,xmm7
   3d  add rsp,30h
   44  ret
   45  int3
   46  call stub  ; call stack exhausted
   4b  jmp 4
   4d  call stub
   52  jmp 18
; function 19 splat
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 34
    d  cmp dword ptr [r15+50h],0
   12  je 3b
   18  sub rsp,10h
   1f  vmovd xmm7,edi
   23  vpbroadcastb xmm7,xmm7
   28  movaps xmm0,xmm7
   2b  add rsp,10h
   32  ret
   33  int3
   34  call stub  ; call stack exhausted
   39  jmp 4
   3b  call stub
   40  jmp 18
; function 20 lanes
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 3e
    d  cmp dword ptr [r15+50h],0
   12  je 45
   18  sub rsp,10h
   1f  movaps xmm8,xmm0
   23  vpextrw edi,xmm8,5
   29  movsx edi,di
   2c  vpinsrd xmm7,xmm8,edi,2
   32  movaps xmm0,xmm7
   35  add rsp,10h
   3c  ret
   3d  int3
   3e  call stub  ; call stack exhausted
   43  jmp 4
   45  call stub
   4a  jmp 18
; function 21 shuffle
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 49
    d  cmp dword ptr [r15+50h],0
   12  je 50
   18  sub rsp,20h
   1f  movaps xmm8,xmm0
   23  movaps xmm9,xmm1
   27  vpshufb xmm7,xmm8,[0x07800680058004800380028001800080]
   30  vpshufb xmm6,xmm9,[0x80088009800a800b800c800d800e800f]
   39  vpor xmm7,xmm7,xmm6
   3d  movaps xmm0,xmm7
   40  add rsp,20h
   47  ret
   48  int3
   49  call stub  ; call stack exhausted
   4e  jmp 4
   50  call stub
   55  jmp 18
; function 22 shuffle_dwords
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 39
    d  cmp dword ptr [r15+50h],0
   12  je 40
   18  sub rsp,20h
   1f  movaps xmm8,xmm0
   23  movaps xmm9,xmm1
   27  vpshufd xmm7,xmm8,0B1h
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
    7  jb 40
    d  cmp dword ptr [r15+50h],0
   12  je 47
   18  sub rsp,20h
   1f  movaps xmm8,xmm0
   23  movaps xmm9,xmm1
   27  vpaddusb xmm7,xmm9,[0x70707070707070707070707070707070]
   2f  vpshufb xmm6,xmm8,xmm7
   34  movaps xmm0,xmm6
   37  add rsp,20h
   3e  ret
   3f  int3
   40  call stub  ; call stack exhausted
   45  jmp 4
   47  call stub
   4c  jmp 18
; function 24 widen
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 4d
    d  cmp dword ptr [r15+50h],0
   12  je 54
   18  sub rsp,20h
   1f  movaps xmm8,xmm0
   23  movaps xmm9,xmm1
   27  vpshufd xmm7,xmm8,0EEh
   2d  vpmovzxbw xmm7,xmm7
   32  vpshufd xmm6,xmm9,0EEh
   38  vpmovzxbw xmm6,xmm6
   3d  vpmullw xmm7,xmm7,xmm6
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
    7  jb 47
    d  cmp dword ptr [r15+50h],0
   12  je 4e
   18  sub rsp,10h
   1f  movaps xmm8,xmm0
   23  vpxor xmm7,xmm8,[0x80008000800080008000800080008000]
   2b  vpmaddwd xmm7,xmm7,[0x00010001000100010001000100010001]
   33  vpaddd xmm7,xmm7,[0x00010000000100000001000000010000]
   3b  movaps xmm0,xmm7
   3e  add rsp,10h
   45  ret
   46  int3
   47  call stub  ; call stack exhausted
   4c  jmp 4
   4e  call stub
   53  jmp 18
; function 26 truncate
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 62
    d  cmp dword ptr [r15+50h],0
   12  je 69
   18  sub rsp,10h
   1f  movaps xmm8,xmm0
   23  vpxor xmm15,xmm15,xmm15
   28  vmaxps xmm7,xmm8,xmm15
   2d  vsubps xmm6,xmm7,[0x4f0000004f0000004f0000004f000000]
   35  movups xmm5,[0x4f0000004f0000004f0000004f000000]
   3c  vcmpleps xmm5,xmm5,xmm6
   41  vcvttps2dq xmm6,xmm6
   45  vpxor xmm6,xmm6,xmm5
   49  vpmaxsd xmm6,xmm6,xmm15
   4e  vcvttps2dq xmm7,xmm7
   52  vpaddd xmm7,xmm7,xmm6
   56  movaps xmm0,xmm7
   59  add rsp,10h
   60  ret
   61  int3
   62  call stub  ; call stack exhausted
   67  jmp 4
   69  call stub
   6e  jmp 18
; function 27 truncate_double
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 45
    d  cmp dword ptr [r15+50h],0
   12  je 4c
   18  sub rsp,10h
   1f  movaps xmm8,xmm0
   23  vcmpeqpd xmm7,xmm8,xmm8
   29  vandpd xmm7,xmm7,[0x41dfffffffc0000041dfffffffc00000]
   31  vminpd xmm6,xmm8,xmm7
   35  vcvttpd2dq xmm6,xmm6
   39  movaps xmm0,xmm6
   3c  add rsp,10h
   43  ret
   44  int3
   45  call stub  ; call stack exhausted
   4a  jmp 4
   4c  call stub
   51  jmp 18
; function 28 convert
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 52
    d  cmp dword ptr [r15+50h],0
   12  je 59
   18  sub rsp,10h
   1f  movaps xmm8,xmm0
   23  vpxor xmm6,xmm6,xmm6
   27  vpblendw xmm6,xmm6,xmm8,55h
   2d  vpsubd xmm7,xmm8,xmm6
   31  vcvtdq2ps xmm6,xmm6
   35  vpsrld xmm7,xmm7,1
   3a  vcvtdq2ps xmm7,xmm7
   3e  vaddps xmm7,xmm7,xmm7
   42  vaddps xmm7,xmm7,xmm6
   46  movaps xmm0,xmm7
   49  add rsp,10h
   50  ret
   51  int3
   52  call stub  ; call stack exhausted
   57  jmp 4
   59  call stub
   5e  jmp 18
; function 29 load_lane
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 36
    d  cmp dword ptr [r15+50h],0
   12  je 3d
   18  sub rsp,20h
   1f  movaps xmm8,xmm0
   23  vpinsrw xmm7,xmm8,[rdi+r13],3  ; out of bounds memory access
   2a  movaps xmm0,xmm7
   2d  add rsp,20h
   34  ret
   35  int3
   36  call stub  ; call stack exhausted
   3b  jmp 4
   3d  call stub
   42  jmp 18
; function 30 load_splat
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 31
    d  cmp dword ptr [r15+50h],0
   12  je 38
   18  sub rsp,10h
   1f  vpbroadcastb xmm7,[rdi+r13]  ; out of bounds memory access
   25  movaps xmm0,xmm7
   28  add rsp,10h
   2f  ret
   30  int3
   31  call stub  ; call stack exhausted
   36  jmp 4
   38  call stub
   3d  jmp 18
; function 31 store_lane
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 33
    d  cmp dword ptr [r15+50h],0
   12  je 3a
   18  sub rsp,20h
   1f  movaps xmm8,xmm0
   23  vpextrd [rdi+r13],xmm8,1  ; out of bounds memory access
   2a  add rsp,20h
   31  ret
   32  int3
   33  call stub  ; call stack exhausted
   38  jmp 4
   3a  call stub
   3f  jmp 18
