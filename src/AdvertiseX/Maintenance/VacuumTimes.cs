using System.Globalization;
using System.Text;
using AdvertiseX.Lake;

namespace AdvertiseX.Maintenance;

/// <summary>Remembers in the lake when all its folders were looked through last.</summary>
/// <param name="lake">The lake.</param>
internal sealed class VacuumTimes(DataLake lake)
{
    private const string Key = $"{IngestLedger.TableName}/_maintenance/vacuumed";

    /// <summary>
    /// Whether a vacuum is due; the caller then does it, and of others who ask meanwhile few do. A lake that knows of
    /// none is new, or was not maintained before: its first is due after the interval.
    /// </summary>
    /// <exception cref="IOException">The time cannot be read.</exception>
    public async ValueTask<bool> TakeAsync(TimeSpan interval, CancellationToken cancellation)
    {
        var now = lake.Clock.GetUtcNow();
        var last = await lake.Store.ReadAsync(Key, cancellation) is { } content ? Parse(content) : null;
        // A time to come was noted by a clock that was wrong.
        if (last is { } time && (now - time).Duration() < interval)
            return false;
        await TryPutAsync(now, cancellation);
        return last is not null;
    }

    // On a full disk the vacuum makes room, and the next command asks again.
    private async ValueTask TryPutAsync(DateTimeOffset time, CancellationToken cancellation)
    {
        try
        {
            await lake.Store.PutAsync(
                Key,
                Encoding.UTF8.GetBytes(time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)),
                cancellation
            );
        }
        catch (IOException) { }
    }

    private static DateTimeOffset? Parse(byte[] content) =>
        DateTimeOffset.TryParse(
            Encoding.UTF8.GetString(content),
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out var time
        )
            ? time
            : null;
}
