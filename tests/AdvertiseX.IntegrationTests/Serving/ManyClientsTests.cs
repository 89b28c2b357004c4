using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using AdvertiseX.IntegrationTests.Lake;
using AdvertiseX.Lake;

namespace AdvertiseX.IntegrationTests.Serving;

/// <summary>Ten thousand clients at one time, every tenth of them malicious: the good ones are served, and memory stays
/// where it was.</summary>
public sealed class ManyClientsTests : IDisposable
{
    private const int Clients = 10_000;
    private const int Requests = 3;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly string _folder = Directory.CreateTempSubdirectory("adx-clients-").FullName;
    private readonly ConcurrentBag<string> _acknowledged = [];

    private string LakePath => Path.Combine(_folder, "lake");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Good_clients_are_served_beside_malicious_ones()
    {
        using var served = await new ServedProcess(LakePath).ListensAsync();
        var endPoint = IPEndPoint.Parse(served.Http.BaseAddress!.Authority);
        await WaveAsync(endPoint, "a");
        var first = served.WorkingSet;
        await WaveAsync(endPoint, "b");
        await WaveAsync(endPoint, "c");
        Assert.True(
            served.WorkingSet < first * 1.3,
            $"{first / 1e6:F0} MB after one wave, {served.WorkingSet / 1e6:F0} MB after three"
        );
        using (var last = await served.PostAsync("/v1/impressions", Impression("last"), ("Prefer", "wait=commit")))
            Assert.Equal(HttpStatusCode.OK, last!.StatusCode);
        await served.StopAsync();
        using var lake = await DataLake.OpenAsync(LakePath);
        var ids = (await LakeAnswers.ReadAsync(lake, "SELECT event_id FROM impressions")).Split(
            '\n',
            StringSplitOptions.RemoveEmptyEntries
        );
        Assert.Equal(_acknowledged.Append("last").Order(), ids.Order());
    }

    private async Task WaveAsync(IPEndPoint server, string wave)
    {
        using var over = new CancellationTokenSource(Patience);
        using var bad = CancellationTokenSource.CreateLinkedTokenSource(over.Token);
        var good = new List<Task>();
        var others = new List<Task>();
        for (var i = 0; i < Clients; i++)
        {
            var client = i;
            if (client % 10 == 0)
                others.Add(Task.Run(() => BotherAsync(server, client / 10, bad.Token), over.Token));
            else
                good.Add(Task.Run(() => SendAsync(server, $"{wave}{client}", over.Token), over.Token));
        }

        await Task.WhenAll(good);
        await bad.CancelAsync();
        await Task.WhenAll(others);
    }

    private async Task SendAsync(IPEndPoint server, string name, CancellationToken over)
    {
        using var socket = await ConnectAsync(server, over);
        var answer = new byte[4096];
        for (var i = 0; i < Requests; i++)
        {
            await socket.SendAsync(RequestOf(Impression($"{name}-{i}")), over);
            var text = "";
            while (!text.EndsWith('}'))
            {
                var read = await socket.ReceiveAsync(answer, over);
                Assert.True(read > 0, $"{name}: {text}");
                text += Encoding.ASCII.GetString(answer, 0, read);
            }

            Assert.StartsWith("HTTP/1.1 202 ", text, StringComparison.Ordinal);
            _acknowledged.Add($"{name}-{i}");
            await Task.Delay(Random.Shared.Next(200), over);
        }
    }

    // Each kind of malice in turn, over and over until the good ones are done.
    private static async Task BotherAsync(IPEndPoint server, int kind, CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            try
            {
                using var socket = await ConnectAsync(server, end);
                await (
                    (kind % 8) switch
                    {
                        0 => SlowlyAsync(socket, end),
                        1 => socket.SendAsync("POST /v1/impressions HTTP/1.1\r\n"u8.ToArray(), end).AsTask(),
                        2 => SayAsync(socket, "Content-Length: 100000000000\r\n\r\nx", end),
                        3 => SayAsync(socket, "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", end),
                        4 => socket.SendAsync(Bomb, end).AsTask(),
                        5 => SayAsync(socket, string.Concat(Enumerable.Repeat("X: y\r\n", 5000)), end),
                        6 => socket.SendAsync(Nonsense(), end).AsTask(),
                        _ => HalfClosedAsync(socket, end),
                    }
                );
                await socket.ReceiveAsync(new byte[1024], end);
                // Clients and server share the processors.
                await Task.Delay(Random.Shared.Next(1000), end);
            }
            catch (Exception failed) when (failed is SocketException or OperationCanceledException or IOException) { }
        }
    }

    private static async Task SlowlyAsync(Socket socket, CancellationToken end)
    {
        foreach (
            var each in "POST /v1/impressions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 50\r\n\r\n{\"impression_id\":"
        )
        {
            await socket.SendAsync(new[] { (byte)each }, end);
            await Task.Delay(50, end);
        }
    }

    private static async Task HalfClosedAsync(Socket socket, CancellationToken end)
    {
        await SayAsync(socket, "Content-Length: 100\r\n\r\n{\"impression_id\":\"never", end);
        socket.Shutdown(SocketShutdown.Send);
    }

    private static async Task SayAsync(Socket socket, string rest, CancellationToken end) =>
        await socket.SendAsync(
            Encoding.ASCII.GetBytes(
                $"POST /v1/impressions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n{rest}"
            ),
            end
        );

    private static byte[] Nonsense()
    {
        var bytes = new byte[2000];
        Random.Shared.NextBytes(bytes);
        return bytes;
    }

    private static byte[] Bomb { get; } = MakeBomb();

    private static byte[] MakeBomb()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
            gzip.Write(new byte[32 << 20]);
        var head =
            $"POST /v1/impressions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: {packed.Length}\r\n\r\n";
        return [.. Encoding.ASCII.GetBytes(head), .. packed.ToArray()];
    }

    // Connections beyond what the system keeps waiting would wait for seconds.
    private static readonly SemaphoreSlim Connecting = new(1000);

    private static async Task<Socket> ConnectAsync(IPEndPoint server, CancellationToken over)
    {
        await Connecting.WaitAsync(over);
        try
        {
            return await TryConnectAsync(server, over);
        }
        finally
        {
            Connecting.Release();
        }
    }

    private static async Task<Socket> TryConnectAsync(IPEndPoint server, CancellationToken over)
    {
        while (true)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(server, over);
                return socket;
            }
            catch (SocketException busy)
                when (busy.SocketErrorCode is SocketError.ConnectionRefused or SocketError.TimedOut)
            {
                socket.Dispose();
                await Task.Delay(100, over);
            }
        }
    }

    private static byte[] RequestOf(string body) =>
        Encoding.ASCII.GetBytes(
            $"POST /v1/impressions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}"
        );

    private static string Impression(string id) =>
        $$"""{"impression_id":"{{id}}","timestamp":"2026-11-01T10:00:00Z","creative_id":"c","campaign_id":"k","user_id":"u"}""";
}
