using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using AdvertiseX.Columns;

namespace AdvertiseX.Bench.Collecting;

/// <summary>Sends bodies of impressions over connections that each wait for their answer, in a process of its
/// own.</summary>
internal static class LoadClient
{
    private const int IdDigits = 16;

    /// <summary>Sends for some time.</summary>
    public static async Task RunAsync(int port, int connections, int batch, double seconds)
    {
        var began = Stopwatch.GetTimestamp();
        var latencies = new List<double>[connections];
        await Task.WhenAll(
            Enumerable
                .Range(0, connections)
                .Select(connection =>
                    Task.Run(() => SendAsync(port, connection, batch, seconds, began, latencies[connection] = []))
                )
        );
        var took = Stopwatch.GetElapsedTime(began).TotalSeconds;
        var all = latencies.SelectMany(each => each).Order().ToList();
        ChildResult.Tell(
            new Dictionary<string, double>
            {
                ["requests"] = all.Count,
                ["events"] = (long)all.Count * batch,
                ["seconds"] = took,
                ["p50"] = all[all.Count / 2],
                ["p99"] = all[all.Count * 99 / 100],
                ["max"] = all[^1],
            }
        );
    }

    private static async Task SendAsync(
        int port,
        int connection,
        int batch,
        double seconds,
        long began,
        List<double> latencies
    )
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync("127.0.0.1", port);
        var answer = new byte[1 << 16];
        var sent = 0L;
        var run = Random.Shared.Next(1 << 20).ToString("x5", CultureInfo.InvariantCulture);
        while (Stopwatch.GetElapsedTime(began).TotalSeconds < seconds)
        {
            var request = RequestOf(batch, run, connection, ref sent);
            var since = Stopwatch.GetTimestamp();
            await socket.SendAsync(request);
            await ReceiveAsync(socket, answer);
            latencies.Add(Stopwatch.GetElapsedTime(since).TotalMilliseconds);
        }
    }

    private static byte[] RequestOf(int batch, string run, int connection, ref long sent)
    {
        var body = new StringBuilder();
        var now = DateTime.UnixEpoch.AddTicks(TimeProvider.System.GetUtcNow().UtcTicks - DateTime.UnixEpoch.Ticks);
        for (var i = 0; i < batch; i++)
        {
            string id;
            // Not an id that a made key may stand for: its row would be looked for in a file that is only named.
            do id = $"{run}-{connection}-{(sent++).ToString(CultureInfo.InvariantCulture).PadLeft(IdDigits, '0')}";
            while (((long)StableHash.Hash64(Encoding.ASCII.GetBytes(id)) & MadeKeys.OwnBit) == 0);
            body.Append(
                    CultureInfo.InvariantCulture,
                    $$"""{"impression_id":"{{id}}","timestamp":"{{now:yyyy-MM-ddTHH:mm:ss.fffZ}}","user_id":"u{{sent % 50_000}}","campaign_id":"c{{sent % 40}}","creative_id":"k{{sent % 200}}","website":"site{{sent % 300}}.example","device":"mobile","country":"DE","cost":0.00{{sent % 10}}}"""
                )
                .Append('\n');
        }

        var head =
            $"POST /v1/impressions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-ndjson\r\nContent-Length: {body.Length}\r\n\r\n";
        return Encoding.ASCII.GetBytes(head + body);
    }

    // An answer ends with its length, or with an empty chunk.
    private static async Task ReceiveAsync(Socket socket, byte[] answer)
    {
        var filled = 0;
        while (true)
        {
            var read = await socket.ReceiveAsync(answer.AsMemory(filled));
            if (read == 0)
                throw new IOException("the server closed the connection");
            filled += read;
            var text = Encoding.ASCII.GetString(answer, 0, filled);
            var head = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (head < 0)
                continue;
            if (!text.StartsWith("HTTP/1.1 202", StringComparison.Ordinal))
                throw new IOException(text);
            var length = text.IndexOf("Content-Length: ", StringComparison.OrdinalIgnoreCase);
            if (
                length < 0
                    ? text.EndsWith("0\r\n\r\n", StringComparison.Ordinal)
                    : filled >= head + 4 + LengthAt(text, length)
            )
                return;
        }
    }

    private static int LengthAt(string text, int at)
    {
        at += "Content-Length: ".Length;
        return int.Parse(text.AsSpan(at, text.IndexOf('\r', at) - at), CultureInfo.InvariantCulture);
    }
}
