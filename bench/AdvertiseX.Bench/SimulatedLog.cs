using System.Text;
using AdvertiseX.Columns;
using AdvertiseX.Lake;
using AdvertiseX.Lake.Delta;

namespace AdvertiseX.Bench;

/// <summary>Logs of tables that nobody filled: a checkpoint says what they hold.</summary>
internal static class SimulatedLog
{
    /// <summary>Writes a checkpoint of a table with these files; the table goes on after it.</summary>
    public static async Task CheckpointAsync(DataLake lake, LakeTable table, long version, IEnumerable<AddFile> files)
    {
        var start = table.Delta.Latest;
        using var writer = new CheckpointWriter();
        writer.Add(start.Protocol);
        writer.Add(start.Metadata);
        if (table.Name != IngestLedger.TableName)
            writer.Add(new SetTransaction(DataLake.IngestAppId, version, 1));
        foreach (var file in files)
            writer.Add(file);
        var log = table.Delta.Log;
        var content = writer.ToArray();
        await lake.Store.PutAsync(log.CheckpointKey(version), content);
        await lake.Store.PutAsync(
            log.LastCheckpointKey,
            Encoding.UTF8.GetBytes(
                $"{{\"version\":{version},\"size\":{writer.Actions},\"checkpointSchema\":{CheckpointSchema.AsDelta},"
                    + $"\"tags\":{{\"{AddFile.HashTag}\":\"{FileHash.TextOf(content)}\"}}}}"
            )
        );
    }

    /// <summary>A file of a table as its log names it.</summary>
    public static AddFile AddOf(string path, DateOnly? date, LedgerRange ledger, string statistics) =>
        new(
            path,
            date is { } day
                ? new Dictionary<string, string?> { [LakeTable.PartitionColumn] = $"{day:yyyy-MM-dd}" }
                : new Dictionary<string, string?>(),
            12_345 + ledger.Last,
            1,
            true,
            statistics
        )
        {
            Tags = AddFile.TagsOf($"{Guid.NewGuid():N}", ledger),
        };
}
