using System.Globalization;
using AdvertiseX.Cli.Text;
using AdvertiseX.Kafka;
using AdvertiseX.Reports;

namespace AdvertiseX.Cli.Streaming;

/// <summary>Partitions as a table that fits into a terminal of 80 columns where their values allow. The position is the
/// end less the lag; long names of owners stand below.</summary>
internal static class StreamStatusTable
{
    public static void Write(IReadOnlyList<PartitionStatus> partitions, DateTimeOffset now, TextWriter output)
    {
        var table = new TextTable("topic", "part", "end", "lag", "rec/s", "committed", "newest", "owner")
        {
            LeftColumns = [0, 7],
        };
        List<string> owners = [.. partitions.Select(each => each.Owner).OfType<string>().Distinct().Order()];
        foreach (var each in partitions)
            table.Add(
                each.Topic,
                Amounts.Count(each.Partition),
                Amounts.Count(each.End),
                Amounts.Count(each.Lag),
                each.RecordsPerSecond < 1000
                    ? each.RecordsPerSecond.ToString("0.#", CultureInfo.InvariantCulture)
                    : Amounts.Short((long)each.RecordsPerSecond),
                each.CommittedTime is { } time ? Amounts.Duration(now - time) : "never",
                each.NewestEventTime is { } newest ? Amounts.Duration(now - newest) : "none",
                each.Owner is { } owner ? Amounts.Count(owners.IndexOf(owner) + 1) : "nobody"
            );
        table.Write(output);
        for (var i = 0; i < owners.Count; i++)
            output.WriteLine($"owner {Amounts.Count(i + 1)}: {TerminalText.Visible(owners[i])}");
    }
}
