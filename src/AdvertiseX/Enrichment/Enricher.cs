using AdvertiseX.Columns;
using AdvertiseX.Events;

namespace AdvertiseX.Enrichment;

/// <summary>
/// Everything that needs one row only: standard spellings, the domain of a page, device, system and browser from the
/// agent, and the invalid-traffic rules of a row. Runs per dictionary entry wherever it can. Thread-safe.
/// </summary>
internal sealed class Enricher(EnrichmentOptions options)
{
    private readonly AddressRanges _dataCentres = new(options.DataCentreRanges);

    /// <summary>Enriches the rows of a batch in place.</summary>
    /// <param name="kind">What the rows are.</param>
    /// <param name="batch">The rows.</param>
    /// <param name="fromServer">Whether a server sent them: agent and address are then not those of a user, and tell
    /// neither a device nor invalid traffic.</param>
    public void Enrich(EventKind kind, ColumnBatch batch, bool fromServer)
    {
        var rows = batch.Rows;
        if (rows == 0)
            return;
        Standardise(batch, "currency", AsciiCase.Upper);
        if (kind != EventKind.BidRequest)
            DictionaryRewrite.Derive(batch.Dictionary("page_url"), batch.Dictionary("domain"), rows, PageDomain.Of);
        Standardise(batch, "domain", PageDomain.Standard);
        Standardise(batch, "country", CountryCodes.Standard);
        Standardise(batch, "device_type", UserAgentParser.StandardDevice);
        if (fromServer)
            return;
        var agents = batch.Dictionary("user_agent");
        DictionaryRewrite.Derive(agents, batch.Dictionary("device_type"), rows, UserAgentParser.Device);
        if (batch.Schema.Has("os"))
        {
            DictionaryRewrite.Derive(agents, batch.Dictionary("os"), rows, UserAgentParser.System);
            Standardise(batch, "os", AsciiCase.Lower);
        }

        if (batch.Schema.Has("browser"))
        {
            DictionaryRewrite.Derive(agents, batch.Dictionary("browser"), rows, UserAgentParser.Browser);
            Standardise(batch, "browser", AsciiCase.Lower);
        }

        DictionaryRewrite.Derive(agents, batch.Dictionary("ivt_reason"), rows, UserAgentParser.InvalidReason);
        FlagDataCentres(batch);
        if (kind == EventKind.Conversion)
            ClearAdjustments(batch);
    }

    // An adjustment is as valid as the conversion that it adjusts, whoever sent it.
    private static unsafe void ClearAdjustments(ColumnBatch batch)
    {
        var (reasons, adjustments) = (batch.Dictionary("ivt_reason"), batch.Boolean("is_adjustment"));
        for (var row = 0; row < batch.Rows; row++)
            if (reasons.IsValid(row) && adjustments.IsValid(row) && adjustments.Values[row] != 0)
                reasons.ClearRow(row);
    }

    private static void Standardise(ColumnBatch batch, string column, Standardise standardise) =>
        DictionaryRewrite.Apply(batch.Dictionary(column), batch.Rows, standardise);

    private void FlagDataCentres(ColumnBatch batch)
    {
        var addresses = batch.Text("ip");
        if (!addresses.IsAllocated || _dataCentres.IsEmpty)
            return;
        var reasons = batch.Dictionary("ivt_reason");
        for (var row = 0; row < batch.Rows; row++)
        {
            var ip = addresses.Get(row);
            if (!ip.IsEmpty && _dataCentres.Contains(ip) && !reasons.IsValid(row))
                reasons.Set(row, "data_centre"u8);
        }
    }
}
