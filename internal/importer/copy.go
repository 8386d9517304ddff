package importer

import (
	"bufio"
	"context"
	"errors"
	"io"

	"github.com/jackc/pgx/v5"
)

// copyRows streams rows in PostgreSQL's text form, which lets the server read
// each value by the type of its column. fill writes one row per call of its
// argument; nothing but the row at hand is in memory.
func copyRows(ctx context.Context, conn *pgx.Conn, sql string, fill func(write func(...cell) error) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	reader, writer := io.Pipe()
	filled := make(chan error, 1)
	go func() {
		out := bufio.NewWriterSize(writer, 1<<16)
		var line []byte
		err := fill(func(cells ...cell) error {
			line = appendLine(line[:0], cells)
			_, err := out.Write(line)
			return err
		})
		if err == nil {
			err = out.Flush()
		}
		_ = writer.CloseWithError(err) // nil is the end of the rows
		filled <- err
	}()
	_, err := conn.PgConn().CopyFrom(ctx, reader, sql)
	_ = reader.CloseWithError(io.ErrClosedPipe) // a failed COPY must not leave the writer waiting
	if fillErr := <-filled; fillErr != nil && !errors.Is(fillErr, io.ErrClosedPipe) {
		return fillErr
	}
	return err
}

func appendLine(line []byte, cells []cell) []byte {
	for i, c := range cells {
		if i > 0 {
			line = append(line, '\t')
		}
		if c.null {
			line = append(line, '\\', 'N')
			continue
		}
		line = appendCopyText(line, c.text)
	}
	return append(line, '\n')
}

// appendCopyText escapes what COPY reads as structure.
func appendCopyText(line []byte, text string) []byte {
	for i := range len(text) {
		switch c := text[i]; c {
		case '\\':
			line = append(line, '\\', '\\')
		case '\n':
			line = append(line, '\\', 'n')
		case '\r':
			line = append(line, '\\', 'r')
		case '\t':
			line = append(line, '\\', 't')
		default:
			line = append(line, c)
		}
	}
	return line
}
