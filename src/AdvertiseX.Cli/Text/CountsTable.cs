using AdvertiseX.Events;

namespace AdvertiseX.Cli.Text;

/// <summary>What became of the records of every kind, as a table.</summary>
internal static class CountsTable
{
    public static TextTable Of(Func<EventKind, KindCounts> countsOf)
    {
        var table = new TextTable("", "received", "accepted", "duplicate", "rejected", "filtered");
        foreach (var kind in Enum.GetValues<EventKind>())
        {
            var counts = countsOf(kind);
            table.Add(
                FactTables.Of(kind).Name,
                Amounts.Count(counts.Received),
                Amounts.Count(counts.Accepted),
                Amounts.Count(counts.Duplicate),
                Amounts.Count(counts.Rejected),
                Amounts.Count(counts.Filtered)
            );
        }

        return table;
    }
}
