using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace AdvertiseX.Server.Collecting;

/// <summary>The body of a request, decompressed. Its memory is counted, and goes back when it is disposed. Not
/// thread-safe.</summary>
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

    /// <summary>Reads it. Not more than the limit is read, nor decompressed.</summary>
    /// <exception cref="CollectorProblem">400: it is empty, breaks off, or is damaged; 413: it is too long; 415: it is
    /// compressed in another way; 503: there is no memory.</exception>
    public static async Task<RequestBody> ReadAsync(
        HttpContext context,
        CollectorOptions options,
        CollectorMemory memory
    )
    {
        var encoding = ContentEncoding.Of(context.Request);
        var limit = context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>();
        if (!limit.IsReadOnly)
            limit.MaxRequestBodySize = options.MaxBodyBytes;
        var sent = await ReadSentAsync(context, options, memory);
        try
        {
            if (sent._length == 0)
                throw CollectorProblem.BadRequest("the body is empty; it holds one event or several");
            return encoding is null ? sent : Decompress(sent, encoding);
        }
        catch
        {
            sent.Dispose();
            throw;
        }
    }

    public void Dispose() => Take([], 0);

    private static async Task<RequestBody> ReadSentAsync(
        HttpContext context,
        CollectorOptions options,
        CollectorMemory memory
    )
    {
        var body = new RequestBody(memory, options.MaxBodyBytes);
        try
        {
            if (context.Request.ContentLength > options.MaxBodyBytes)
                throw CollectorProblem.TooLarge(options.MaxBodyBytes);
            body.Reserve((int)(context.Request.ContentLength + 1 ?? FirstBytes));
            while (true)
            {
                body.Reserve(body._length + 1);
                var read = await context.Request.Body.ReadAsync(
                    body._bytes.AsMemory(body._length),
                    context.RequestAborted
                );
                if (read == 0)
                    return body;
                body._length += read;
            }
        }
        catch (BadHttpRequestException broken)
        {
            body.Dispose();
            throw broken.StatusCode == StatusCodes.Status413PayloadTooLarge
                ? CollectorProblem.TooLarge(options.MaxBodyBytes)
                : CollectorProblem.BadRequest($"the body cannot be read: {broken.Message}");
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    private static RequestBody Decompress(RequestBody sent, string encoding)
    {
        var body = new RequestBody(sent._memory, sent._most);
        try
        {
            using var compressed = new MemoryStream(sent._bytes, 0, sent._length, writable: false);
            using var content = ContentEncoding.Open(compressed, encoding);
            while (true)
            {
                body.Reserve(body._length + 1);
                var read = content.Read(body._bytes.AsSpan(body._length));
                if (read == 0)
                    break;
                body._length += read;
            }
        }
        catch (Exception damaged)
            when (damaged is InvalidDataException or EndOfStreamException or InvalidOperationException)
        {
            body.Dispose();
            throw CollectorProblem.BadRequest($"the body is not whole {encoding}");
        }
        catch
        {
            body.Dispose();
            throw;
        }

        sent.Dispose();
        if (body._length > 0)
            return body;
        body.Dispose();
        throw CollectorProblem.BadRequest("the body is empty; it holds one event or several");
    }

    private void Reserve(int bytes)
    {
        if (bytes <= _bytes.Length)
            return;
        if (bytes > _most + 1)
            throw CollectorProblem.TooLarge(_most);
        // A byte above the limit, so that one that is longer shows.
        var size = Math.Min(Math.Max(bytes, Math.Max(FirstBytes, _bytes.Length * 2L)), _most + 1);
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
