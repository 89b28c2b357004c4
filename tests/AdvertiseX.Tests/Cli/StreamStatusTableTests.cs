using AdvertiseX.Cli.Streaming;
using AdvertiseX.Kafka;

namespace AdvertiseX.Tests.Cli;

/// <summary>The status of a usual group fits into a terminal.</summary>
public sealed class StreamStatusTableTests
{
    private static readonly DateTimeOffset Now = new(2024, 3, 1, 10, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_usual_group_fits_into_80_columns()
    {
        using var output = new StringWriter { NewLine = "\n" };
        StreamStatusTable.Write(
            [
                Status("ad-impressions", 0, 1_234_567, "adx-11111111-2222-3333-4444-555555555555/10.0.0.1"),
                Status("ad-impressions", 1, 1_234_568, "adx-01111111-2222-3333-4444-555555555555/10.0.0.2"),
                Status("clicks-conversions", 7, 98_765_432, null) with
                {
                    Position = null,
                    CommittedTime = null,
                    NewestEventTime = null,
                },
            ],
            Now,
            output
        );
        var lines = output.ToString().Split('\n');
        Assert.All(lines, line => Assert.True(line.Length <= 80, line));
        Assert.Equal(
            ["topic", "part", "end", "lag", "rec/s", "committed", "newest", "owner"],
            lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries)
        );
        Assert.StartsWith(
            "ad-impressions         0   1,234,567  1,234  12.3 k     2.50 s  75.0 s  2",
            lines[2],
            StringComparison.Ordinal
        );
        Assert.EndsWith("  2", lines[2], StringComparison.Ordinal);
        Assert.EndsWith("  1", lines[3], StringComparison.Ordinal);
        Assert.EndsWith("nobody", lines[4], StringComparison.Ordinal);
        Assert.Equal("owner 1: adx-01111111-2222-3333-4444-555555555555/10.0.0.2", lines[5]);
        Assert.Equal("owner 2: adx-11111111-2222-3333-4444-555555555555/10.0.0.1", lines[6]);
    }

    private static PartitionStatus Status(string topic, int partition, long end, string? owner) =>
        new(topic, partition, end - 1_234, end, 1_234, 12_345.6, Now.AddSeconds(-2.5), Now.AddSeconds(-75), 75, owner);
}
