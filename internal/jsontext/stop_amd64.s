#include "textflag.h"

// Each constant stands sixteen times.
DATA quotes<>+0(SB)/8, $0x2222222222222222
DATA quotes<>+8(SB)/8, $0x2222222222222222
GLOBL quotes<>(SB), RODATA|NOPTR, $16
DATA backslashes<>+0(SB)/8, $0x5c5c5c5c5c5c5c5c
DATA backslashes<>+8(SB)/8, $0x5c5c5c5c5c5c5c5c
GLOBL backslashes<>(SB), RODATA|NOPTR, $16
DATA controls<>+0(SB)/8, $0x1f1f1f1f1f1f1f1f
DATA controls<>+8(SB)/8, $0x1f1f1f1f1f1f1f1f
GLOBL controls<>(SB), RODATA|NOPTR, $16

// func indexStop(b []byte, i int) int
TEXT ·indexStop(SB), NOSPLIT, $0-40
	MOVQ b_base+0(FP), SI
	MOVQ b_len+8(FP), CX
	MOVQ i+24(FP), AX
	SUBQ $16, CX             // the last index with sixteen bytes left
	CMPQ AX, CX
	JGT  end
	MOVOU quotes<>(SB), X1
	MOVOU backslashes<>(SB), X2
	MOVOU controls<>(SB), X3

loop:
	MOVOU (SI)(AX*1), X0
	MOVO  X0, X4
	MOVO  X0, X5
	MOVO  X0, X6
	PCMPEQB X1, X4
	PCMPEQB X2, X5
	PMINUB X3, X6
	PCMPEQB X0, X6           // a byte is a control character if the smaller of the byte and 0x1f is the byte
	POR   X5, X4
	POR   X6, X4
	PMOVMSKB X4, DX
	TESTL DX, DX
	JNE   found
	ADDQ  $16, AX
	CMPQ  AX, CX
	JLE   loop

end:
	MOVQ AX, ret+32(FP)
	RET

found:
	BSFL DX, DX
	ADDQ DX, AX
	MOVQ AX, ret+32(FP)
	RET
