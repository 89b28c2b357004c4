using AdvertiseX.Columns;
using AdvertiseX.Decoding.Avro;
using AdvertiseX.Messages;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace AdvertiseX.Server.Collecting;

/// <summary>The body of a request. Its memory is counted, and goes back when it is disposed. Not thread-safe.</summary>
internal sealed class RequestBody : IDisposable
{
    private const int FirstBytes = 16 << 10;

    private readonly CollectorMemory _memory;
    private readonly int _most;
    private PooledMemory? _bytes;
    private readonly byte[] _beyond = new byte[1];
    private int _length;

    private RequestBody(CollectorMemory memory, int most) => (_memory, _most) = (memory, most);

    /// <summary>Its bytes.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes is null ? default : _bytes.Memory[.._length];

    /// <summary>Reads it as it is sent. Memory is taken as bytes come, not as a header announces them.</summary>
    /// <exception cref="CollectorProblem">400: it is empty or breaks off; 408: it comes too slowly; 413: it is too
    /// long; 503: there is no memory.</exception>
    public static async Task<RequestBody> ReceiveAsync(
        HttpContext context,
        CollectorOptions options,
        CollectorMemory memory
    )
    {
        var limit = context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>();
        if (!limit.IsReadOnly)
            limit.MaxRequestBodySize = options.MaxBodyBytes;
        var body = new RequestBody(memory, options.MaxBodyBytes);
        try
        {
            await body.FillAsync(context);
            return body._length > 0 ? body : throw Empty();
        }
        catch (BadHttpRequestException broken)
        {
            body.Dispose();
            throw broken.StatusCode switch
            {
                StatusCodes.Status413PayloadTooLarge => CollectorProblem.TooLarge(options.MaxBodyBytes),
                StatusCodes.Status408RequestTimeout => CollectorProblem.TooSlow(options.MinBytesPerSecond),
                _ => CollectorProblem.BadRequest($"the body cannot be read: {broken.Message}"),
            };
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    /// <summary>Decompresses it: not more than the limit, whatever it would become. Of an Avro container, whose blocks
    /// are compressed by themselves, they count unpacked.</summary>
    /// <param name="encoding">How it is compressed; null if it is not.</param>
    /// <param name="work">Gives turns.</param>
    /// <param name="cancellation">Ends the waiting for a turn.</param>
    /// <exception cref="CollectorProblem">400: it is damaged, or nothing is in it; 413: it is too long; 503: there is
    /// no memory.</exception>
    public async Task UnpackAsync(string? encoding, CollectorWork work, CancellationToken cancellation)
    {
        if (encoding is not null)
            await work.DoAsync(() => Decompress(encoding), cancellation);
        if (_length == 0)
            throw Empty();
        if (AvroHeader.HasMagic(Bytes.Span) && !await work.DoAsync(FitsUnpacked, cancellation))
            throw CollectorProblem.TooLarge(_most);
    }

    public void Dispose() => Take(null, 0);

    private static CollectorProblem Empty() =>
        CollectorProblem.BadRequest("the body is empty; it holds one event or several");

    private async Task FillAsync(HttpContext context)
    {
        if (context.Request.ContentLength > _most)
            throw CollectorProblem.TooLarge(_most);
        while (true)
        {
            var read = await context.Request.Body.ReadAsync(Free(), context.RequestAborted);
            if (read == 0)
                return;
            Took(read);
        }
    }

    private bool Decompress(string encoding)
    {
        using var unpacked = new RequestBody(_memory, _most);
        try
        {
            using var content = ContentEncoding.Open(_bytes!.OpenRead(_length), encoding);
            while (content.Read(unpacked.Free().Span) is > 0 and var read)
                unpacked.Took(read);
        }
        catch (Exception damaged)
            when (damaged is InvalidDataException or EndOfStreamException or InvalidOperationException)
        {
            var also = encoding == ContentEncoding.Zstd ? ", or needs a window of more than 8 MB" : "";
            throw CollectorProblem.BadRequest($"the body is not whole {encoding}{also}");
        }

        var (bytes, length) = (unpacked._bytes, unpacked._length);
        // Its memory changes hands.
        (unpacked._bytes, unpacked._length) = (null, 0);
        Take(bytes, length);
        return true;
    }

    private bool FitsUnpacked()
    {
        // A copy, and one block.
        var needed = _length + (long)_most;
        _memory.Take(needed);
        try
        {
            return AvroContainerSize.Fits(Bytes, _most);
        }
        finally
        {
            _memory.Give(needed);
        }
    }

    // Room for more. Behind the longest body that is taken there is a byte, so that one that is longer shows.
    private Memory<byte> Free()
    {
        if (_length == _most)
            return _beyond;
        if (_bytes is null || _length == _bytes.Length)
        {
            var buffer = NativePool.Rent(Math.Clamp(_length * 2L, Math.Min(FirstBytes, _most), _most));
            if (!_memory.TryTake(buffer.Length))
            {
                buffer.Dispose();
                throw CollectorMemory.Full();
            }

            var grown = new PooledMemory(buffer);
            Bytes.Span.CopyTo(grown.GetSpan());
            Take(grown, _length);
        }

        return _bytes!.Memory[_length..Math.Min(_bytes.Length, _most)];
    }

    private void Took(int bytes)
    {
        if (_length == _most)
            throw CollectorProblem.TooLarge(_most);
        _length += bytes;
    }

    private void Take(PooledMemory? bytes, int length)
    {
        if (_bytes is not null)
        {
            _memory.Give(_bytes.Length);
            ((IDisposable)_bytes).Dispose();
        }

        (_bytes, _length) = (bytes, length);
    }
}
