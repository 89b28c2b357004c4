using System.Text;
using AdvertiseX.Framing;
using AdvertiseX.Framing.Csv;
using AdvertiseX.Framing.Json;
using AdvertiseX.Tests.Decoding;

namespace AdvertiseX.Tests.Framing;

public class TextFramerTests
{
    [Theory]
    [InlineData("json", "{\"id\":\"1\"}\n{\"id\":\"2\"}\r\n\n{\"id\":\"3\"}\n")]
    [InlineData("json", "\ufeff[{\"id\":\"1\"},\n{\"id\":\"2\"},{\"id\":\"3\"}]\n")]
    [InlineData("csv", "\ufeffid,x\r\n1,a\r\n2,\"b\nc\"\r\n3,d\r\n")]
    public void Any_block_end_is_a_place_to_start_at(string format, string text)
    {
        var content = Encoding.UTF8.GetBytes(text);
        var blocks = Cut(format, new MemoryStream(content), new FramerOptions { BlockBytes = 8 });
        Assert.True(blocks.Count >= 2);
        foreach (var block in blocks)
        {
            var expected = blocks.SkipWhile(b => b.From < block.Next).Select(b => b.Text);
            var options = new FramerOptions { BlockBytes = 8, StartAt = block.Next };
            Assert.Equal(
                string.Concat(expected),
                string.Concat(Cut(format, new MemoryStream(content), options).Select(b => b.Text))
            );
            Assert.Equal(
                string.Concat(expected),
                string.Concat(Cut(format, new ChoppedStream(content, 3), options).Select(b => b.Text))
            );
        }
    }

    [Theory]
    [InlineData("json", "{\"id\":\"1\"}\n{\"id\":", 11)]
    [InlineData("json", "{\"id\":\"1\"}\n", null)]
    [InlineData("json", "{\"id\":\"1\"}\n  ", null)]
    [InlineData("json", "[{\"id\":\"1\"},{\"id\":", 12)]
    [InlineData("json", "[{\"id\":\"1\"},", null)]
    [InlineData("csv", "id,x\n1,a\n2,b", 9)]
    [InlineData("csv", "id,x\n1,a\n2,\"b\n", null)]
    [InlineData("csv", "id,x\n1,a\n2,\"b\nc", 14)]
    [InlineData("csv", "id,x\n1,a\n", null)]
    [InlineData("csv", "id,x", 0)]
    public void A_record_without_its_end_is_marked(string format, string text, int? unterminated)
    {
        var blocks = Cut(format, new MemoryStream(Encoding.UTF8.GetBytes(text)), new FramerOptions());
        Assert.Equal(unterminated, (int?)blocks.Select(b => b.UnterminatedFrom).LastOrDefault(u => u != null));
        Assert.Equal(text.Length, blocks[^1].Next);
    }

    [Theory]
    [InlineData("json", "", "\n{\"id\":\"2\"}\n")]
    [InlineData("json", "[{\"id\":\"", "\"},{\"id\":\"2\"}]")]
    [InlineData("json", "[{\"id\":\"1\"},nonsense ", ",\n{\"id\":\"2\"}]")]
    [InlineData("csv", "id,x\n", "\n2,b\n")]
    public void A_record_without_end_is_passed_over_in_flat_memory(string format, string before, string after)
    {
        const int Middle = 40 << 20;
        var source = new Sandwich(Encoding.UTF8.GetBytes(before), Middle, Encoding.UTF8.GetBytes(after));
        var options = new FramerOptions { BlockBytes = 256 << 10, MaxRecordBytes = 64 << 10 };
        var blocks = Cut(format, source, options);
        var oversized = Assert.Single(blocks, b => b.OversizedLength != null);
        Assert.InRange(oversized.OversizedLength!.Value, Middle, Middle + 30);
        Assert.Equal(before.Length + Middle + after.Length, blocks[^1].Next);
        Assert.InRange(blocks.Max(b => b.Text.Length), 1, 1 << 20);
    }

    [Fact]
    public void An_empty_stream_has_no_block()
    {
        Assert.Empty(Cut("json", new MemoryStream(), new FramerOptions()));
        Assert.Empty(Cut("csv", new MemoryStream(), new FramerOptions()));
    }

    private static List<Cutting> Cut(string format, Stream stream, FramerOptions options)
    {
        using IFramer framer =
            format == "json"
                ? new JsonFramer(stream, options)
                : new CsvFramer(stream, options, TextFormats.Impressions);
        var cuttings = new List<Cutting>();
        var next = options.StartAt;
        while (framer.Next() is { } block)
        {
            using (block)
            {
                Assert.Equal(next, block.From);
                next = block.Next;
                cuttings.Add(
                    new Cutting(
                        block.From,
                        next,
                        Encoding.Latin1.GetString(block.Span),
                        block.UnterminatedFrom,
                        block.OversizedLength
                    )
                );
            }
        }

        return cuttings;
    }

    private sealed record Cutting(long From, long Next, string Text, long? UnterminatedFrom, long? OversizedLength);

    /// <summary>Some bytes, very many x, some bytes.</summary>
    private sealed class Sandwich(byte[] before, int middle, byte[] after) : Stream
    {
        private long _position;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => _position;
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            var count = 0;
            var afterFrom = before.Length + (long)middle;
            while (count < buffer.Length && _position < afterFrom + after.Length)
            {
                if (_position >= before.Length && _position < afterFrom)
                {
                    var run = (int)Math.Min(buffer.Length - count, afterFrom - _position);
                    buffer.Slice(count, run).Fill((byte)'x');
                    count += run;
                    _position += run;
                    continue;
                }

                buffer[count++] = _position < before.Length ? before[_position] : after[_position - afterFrom];
                _position++;
            }

            return count;
        }

        public override void Flush() { }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
