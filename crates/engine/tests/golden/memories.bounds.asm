; function 0 load
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 3b
    d  sub rsp,8
   14  lea rsi,[rdi+8]
   18  mov r11,[r14+68h]
   1c  cmp rsi,[r11+18h]
   20  jae 42
   26  mov r11,[r11]
   29  cmovae rsi,[r14+50h]
   2e  mov eax,[r11+rsi]
   32  add rsp,8
   39  ret
   3a  int3
   3b  call stub  ; call stack exhausted
   40  jmp 4
   42  call stub  ; out of bounds memory access
; function 1 far
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 41
    d  sub rsp,10h
   14  mov r11d,90000000h
   1a  lea rdx,[r11+rdi]
   1e  mov r11,[r14+68h]
   22  cmp rdx,[r11+20h]
   26  jae 48
   2c  mov r11,[r11]
   2f  cmovae rdx,[r14+50h]
   34  mov [r11+rdx],rsi
   38  add rsp,10h
   3f  ret
   40  int3
   41  call stub  ; call stack exhausted
   46  jmp 4
   48  call stub  ; out of bounds memory access
; function 2 constant
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 3d
    d  sub rsp,0
   14  mov edi,10h
   19  mov r11,[r14+68h]
   1d  cmp rdi,[r11+8]
   21  jae 44
   27  mov r11,[r11]
   2a  cmovae rdi,[r14+50h]
   2f  movzx eax,byte ptr [r11+rdi]
   34  add rsp,0
   3b  ret
   3c  int3
   3d  call stub  ; call stack exhausted
   42  jmp 4
   44  call stub  ; out of bounds memory access
; function 3 load64
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 44
    d  sub rsp,8
   14  mov rsi,rdi
   17  add rsi,8
   1b  sbb rdx,rdx
   1e  or rsi,rdx
   21  mov r11,[r14+70h]
   25  cmp rsi,[r11+20h]
   29  jae 4b
   2f  mov r11,[r11]
   32  cmovae rsi,[r14+50h]
   37  mov rax,[r11+rsi]
   3b  add rsp,8
   42  ret
   43  int3
   44  call stub  ; call stack exhausted
   49  jmp 4
   4b  call stub  ; out of bounds memory access
; function 4 byte64
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 3b
    d  sub rsp,8
   14  mov rsi,rdi
   17  mov r11,[r14+70h]
   1b  cmp rsi,[r11+8]
   1f  jae 42
   25  mov r11,[r11]
   28  cmovae rsi,[r14+50h]
   2d  movzx eax,byte ptr [r11+rsi]
   32  add rsp,8
   39  ret
   3a  int3
   3b  call stub  ; call stack exhausted
   40  jmp 4
   42  call stub  ; out of bounds memory access
; function 5 store64
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 4b
    d  cmp dword ptr [r15+50h],0
   12  je 52
   18  sub rsp,10h
   1f  movaps xmm8,xmm0
   23  mov rsi,rdi
   26  mov r11,[r14+70h]
   2a  cmp rsi,[r11+20h]
   2e  jae 59
   34  mov r11,[r11]
   37  cmovae rsi,[r14+50h]
   3c  movsd [r11+rsi],xmm8
   42  add rsp,10h
   49  ret
   4a  int3
   4b  call stub  ; call stack exhausted
   50  jmp 4
   52  call stub
   57  jmp 18
   59  call stub  ; out of bounds memory access
; function 6 far64
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 4b
    d  sub rsp,8
   14  mov r11,0FFFFFFFFFFFFFFF0h
   1b  add r11,rdi
   1e  mov rsi,r11
   21  sbb rdx,rdx
   24  or rsi,rdx
   27  mov r11,[r14+70h]
   2b  cmp rsi,[r11+10h]
   2f  jae 52
   35  mov r11,[r11]
   38  cmovae rsi,[r14+50h]
   3d  movsx eax,word ptr [r11+rsi]
   42  add rsp,8
   49  ret
   4a  int3
   4b  call stub  ; call stack exhausted
   50  jmp 4
   52  call stub  ; out of bounds memory access
; function 7 beyond
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 4a
    d  sub rsp,8
   14  mov r11,0FFFFFFFFFFFFFFFFh
   1b  add r11,rdi
   1e  mov rsi,r11
   21  sbb rdx,rdx
   24  or rsi,rdx
   27  mov r11,[r14+70h]
   2b  cmp rsi,[r11+18h]
   2f  jae 51
   35  mov r11,[r11]
   38  cmovae rsi,[r14+50h]
   3d  mov eax,[r11+rsi]
   41  add rsp,8
   48  ret
   49  int3
   4a  call stub  ; call stack exhausted
   4f  jmp 4
   51  call stub  ; out of bounds memory access
; function 8 size
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 3b
    d  sub rsp,0
   14  mov rdi,[r14+68h]
   18  mov rdi,[rdi+8]
   1c  shr rdi,10h
   20  mov rsi,[r14+70h]
   24  mov rsi,[rsi+8]
   28  shr rsi,10h
   2c  add rdi,rsi
   2f  mov rax,rdi
   32  add rsp,0
   39  ret
   3a  int3
   3b  call stub  ; call stack exhausted
   40  jmp 4
; function 9 grow
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 4c
    d  sub rsp,8
   14  mov [rsp],rdi
   18  sub rsp,10h
   1c  mov qword ptr [rsp],2
   24  mov r11,[rsp+10h]
   29  mov [rsp+8],r11
   2e  mov rax,rsp
   31  mov ecx,0
   36  call stub  ; out of bounds memory access
   3b  mov rax,[rsp]
   3f  add rsp,10h
   43  add rsp,8
   4a  ret
   4b  int3
   4c  call stub  ; call stack exhausted
   51  jmp 4
; function 10 copy
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 6f
    d  sub rsp,18h
   14  mov [rsp],rdi
   18  mov [rsp+8],rsi
   1d  mov [rsp+10h],rdx
   22  sub rsp,28h
   26  mov qword ptr [rsp],1
   2e  mov qword ptr [rsp+8],2
   37  mov r11d,[rsp+28h]
   3c  mov [rsp+10h],r11
   41  mov r11,[rsp+30h]
   46  mov [rsp+18h],r11
   4b  mov r11d,[rsp+38h]
   50  mov [rsp+20h],r11
   55  mov rax,rsp
   58  mov ecx,2
   5d  call stub  ; out of bounds memory access
   62  add rsp,28h
   66  add rsp,18h
   6d  ret
   6e  int3
   6f  call stub  ; call stack exhausted
   74  jmp 4
; function 11 get
    0  endbr64
    4  cmp rsp,[r15]
    7  jb 3a
    d  sub rsp,8
   14  mov rax,rdi
   17  mov r11,[r14+58h]
   1b  cmp rax,[r11+8]
   1f  jae 41
   25  cmovae rax,[r14+50h]
   2a  mov r11,[r11]
   2d  mov rax,[r11+rax*8]
   31  add rsp,8
   38  ret
   39  int3
   3a  call stub  ; call stack exhausted
   3f  jmp 4
   41  call stub  ; out of bounds table access
