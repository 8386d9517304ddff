package stream

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"net"
	"testing"

	"github.com/stretchr/testify/require"
)

// clientFrame is a frame as a client sends it.
func clientFrame(first byte, size int) []byte {
	frame := []byte{first, masked}
	switch {
	case size < size16:
		frame[1] |= byte(size)
	case size <= 0xffff:
		frame[1] |= size16
		frame = binary.BigEndian.AppendUint16(frame, uint16(size))
	default:
		frame[1] |= size64
		frame = binary.BigEndian.AppendUint64(frame, uint64(size))
	}
	return append(frame, bytes.Repeat([]byte{first}, maskSize+size)...)
}

// However the bytes come in, the library gets each frame whole and nothing of
// the next, and answers to pings are no more than counted.
func TestTheLibraryGetsEveryFrameAndNothingBeyond(t *testing.T) {
	t.Parallel()
	const ping = 0x89
	for seed := range uint64(200) {
		random := rand.New(rand.NewPCG(seed, 1))
		var frames [][]byte
		var sent []byte
		pongs := 0
		for range 1 + random.IntN(12) {
			switch random.IntN(4) {
			case 0:
				sent = append(sent, clientFrame(pongFrame, 0)...)
				pongs++
				continue
			case 1:
				frames = append(frames, clientFrame(ping, random.IntN(size16)))
			case 2:
				frames = append(frames, clientFrame(textFrame, random.IntN(300)))
			case 3:
				frames = append(frames, clientFrame(textFrame, random.IntN(100_000)))
			}
			sent = append(sent, frames[len(frames)-1]...)
		}
		client, server := net.Pipe()
		early := random.IntN(min(len(sent), 40))
		w := &wire{Conn: server, early: bytes.Clone(sent[:early])}
		go func() { // ends with what was sent
			defer client.Close()
			for rest := sent[early:]; len(rest) > 0; {
				n := 1 + random.IntN(min(len(rest), 5000))
				_, _ = client.Write(rest[:n])
				rest = rest[n:]
			}
		}()
		heard := 0
		for _, frame := range frames {
			require.NoError(t, w.await(func() { heard++ }))
			var got []byte
			for into := make([]byte, 200_000); len(got) < len(frame); {
				n, err := w.Read(into)
				require.NoError(t, err)
				got = append(got, into[:n]...)
			}
			require.True(t, bytes.Equal(frame, got), "seed %d", seed)
		}
		require.Error(t, w.await(func() { heard++ }), "the client is gone")
		require.Equal(t, pongs, heard)
	}
}
