using System.Text.Json;
using AdvertiseX.Cli.Text;
using AdvertiseX.Kafka;

namespace AdvertiseX.Cli.Streaming;

/// <summary>Shows what an operator wants to know, a line each on standard error.</summary>
internal static class StreamNotices
{
    private const int Longest = 1000;

    public static void Show(KafkaNotice notice, bool json, Terminal terminal) =>
        terminal.Note(
            json
                ? JsonSerializer.Serialize(
                    new Dictionary<string, string> { ["event"] = notice.Code, ["text"] = notice.Text }
                )
                : $"adx: {notice.Code.Replace('_', ' ')}: {ShownText.Of(notice.Text, Longest)}"
        );
}
