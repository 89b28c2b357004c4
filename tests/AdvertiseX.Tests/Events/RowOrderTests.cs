using System.Text;
using AdvertiseX.Columns;
using AdvertiseX.Events;

namespace AdvertiseX.Tests.Events;

public class RowOrderTests
{
    [Theory]
    [InlineData(1, 5)]
    [InlineData(2, 40)]
    [InlineData(3, 3000)]
    public unsafe void Orders_by_date_campaign_and_time(int seed, int campaigns)
    {
        const long Day = 86_400_000_000;
        var random = new Random(seed);
        using var batch = new ColumnBatch(FactTables.Impressions);
        var rows = new List<(int Day, string Campaign, long Time, int Row, bool Kept)>();
        using var drop = NativePool.Rent(2000);
        for (var i = 0; i < 2000; i++)
        {
            var time = random.NextInt64(40 * Day);
            var campaign = random.Next(10) == 0 ? "" : $"c{random.Next(campaigns)}";
            var kept = random.Next(8) > 0;
            batch.Int64("event_time").Set(i, time);
            batch.Int32("event_date").Set(i, (int)(time / Day));
            if (campaign.Length > 0)
                batch.Dictionary("campaign_id").Set(i, Encoding.UTF8.GetBytes(campaign));
            batch.AddRow();
            drop.Pointer[i] = (byte)(kept ? 0 : 1);
            rows.Add(((int)(time / Day), campaign, time, i, kept));
        }

        using var order = new RowOrder(batch, drop.Pointer);

        var expected = rows.Where(r => r.Kept)
            .OrderBy(r => r.Day)
            .ThenBy(r => r.Campaign, StringComparer.Ordinal)
            .ThenBy(r => r.Time)
            .ThenBy(r => r.Row);
        var actual = Enumerable.Range(0, order.DateCount).SelectMany(i => order.RowsAt(i).ToArray());
        Assert.Equal(expected.Select(r => r.Row), actual);
        Assert.Equal(
            rows.Where(r => r.Kept).Select(r => r.Day).Distinct().Order(),
            order.Dates.Select(d => d.DayNumber - new DateOnly(1970, 1, 1).DayNumber)
        );
    }
}
