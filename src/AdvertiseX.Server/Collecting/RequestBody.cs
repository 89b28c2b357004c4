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
    private byte[] _bytes = [];
    private int _length;

    private RequestBody(CollectorMemory memory, int most) => (_memory, _most) = (memory, most);

    /// <summary>Its bytes.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes.AsMemory(0, _length);

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

    public void Dispose() => Take([], 0);

    private static CollectorProblem Empty() =>
        CollectorProblem.BadRequest("the body is empty; it holds one event or several");

    private async Task FillAsync(HttpContext context)
    {
        if (context.Request.ContentLength is { } announced)
        {
            if (announced > _most)
                throw CollectorProblem.TooLarge(_most);
            Reserve((int)Math.Min(announced + 1, FirstBytes));
        }

        while (true)
        {
            Reserve(_length + 1);
            var read = await context.Request.Body.ReadAsync(_bytes.AsMemory(_length), context.RequestAborted);
            if (read == 0)
                return;
            _length += read;
        }
    }

    private bool Decompress(string encoding)
    {
        using var unpacked = new RequestBody(_memory, _most);
        try
        {
            using var compressed = new MemoryStream(_bytes, 0, _length, writable: false);
            using var content = ContentEncoding.Open(compressed, encoding);
            while (true)
            {
                unpacked.Reserve(unpacked._length + 1);
                var read = content.Read(unpacked._bytes.AsSpan(unpacked._length));
                if (read == 0)
                    break;
                unpacked._length += read;
            }
        }
        catch (Exception damaged)
            when (damaged is InvalidDataException or EndOfStreamException or InvalidOperationException)
        {
            var also = encoding == ContentEncoding.Zstd ? ", or needs a window of more than 8 MB" : "";
            throw CollectorProblem.BadRequest($"the body is not whole {encoding}{also}");
        }

        var (bytes, length) = (unpacked._bytes, unpacked._length);
        // Its memory changes hands.
        (unpacked._bytes, unpacked._length) = ([], 0);
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

    private void Reserve(int bytes)
    {
        if (bytes <= _bytes.Length)
            return;
        if (bytes > _most + 1)
            throw CollectorProblem.TooLarge(_most);
        // A byte above the limit, so that one that is longer shows.
        var size = (int)Math.Min(Math.Max(bytes, Math.Max(FirstBytes, _bytes.Length * 2L)), _most + 1);
        _memory.Take(size);
        var grown = new byte[size];
        _bytes.AsSpan(0, _length).CopyTo(grown);
        var length = _length;
        Take(grown, length);
    }

    private void Take(byte[] bytes, int length)
    {
        _memory.Give(_bytes.Length);
        (_bytes, _length) = (bytes, length);
    }
}
