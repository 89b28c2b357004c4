using System.Text;

namespace AdvertiseX.Generation;

/// <summary>What each campaign's figures must be, by local date of the campaign's zone. Gross unless named
/// otherwise.</summary>
internal sealed class CampaignTotals(Catalogue catalogue)
{
    private readonly int _days = catalogue.Options.Days + 4;
    private readonly Cell[] _cells = new Cell[catalogue.Campaigns.Length * (catalogue.Options.Days + 4)];

    public void AddImpression(int campaign, long timeMicros, long costMicros, bool invalid)
    {
        ref var cell = ref At(campaign, timeMicros);
        cell.Impressions++;
        if (invalid)
            cell.InvalidImpressions++;
        AddCost(ref cell, campaign, costMicros);
        if (catalogue.Campaigns[campaign].Pricing == PricingModel.PerMille)
            Bill(ref cell, catalogue.Campaigns[campaign].RateAt(timeMicros) / 1000, !invalid);
    }

    public void AddClick(int campaign, long timeMicros, long costMicros, bool invalid)
    {
        ref var cell = ref At(campaign, timeMicros);
        cell.Clicks++;
        if (invalid)
            cell.InvalidClicks++;
        AddCost(ref cell, campaign, costMicros);
        if (catalogue.Campaigns[campaign].Pricing == PricingModel.PerClick)
            Bill(ref cell, catalogue.Campaigns[campaign].RateAt(timeMicros), !invalid);
    }

    public void AddTaggedConversion(int campaign, long timeMicros) => At(campaign, timeMicros).TaggedConversions++;

    /// <summary>Gives a conversion to its last touch.</summary>
    /// <param name="touch">The last touch.</param>
    /// <param name="conversionMicros">Time of the conversion.</param>
    /// <param name="revenueMicros">Null adds nothing.</param>
    /// <param name="foreign">The revenue is in another currency than the campaign's.</param>
    /// <param name="kind">What was converted.</param>
    /// <param name="net">Neither a repeated order nor earned by an invalid touch.</param>
    public void AddCredit(
        in Touch touch,
        long conversionMicros,
        long? revenueMicros,
        bool foreign,
        ConversionKind kind,
        bool net
    )
    {
        ref var converted = ref At(touch.Campaign, conversionMicros);
        ref var interacted = ref At(touch.Campaign, touch.TimeMicros);
        if (touch.Kind == TouchKind.Click)
        {
            converted.ClickByConversion++;
            interacted.ClickByInteraction++;
        }
        else
        {
            converted.ViewByConversion++;
            interacted.ViewByInteraction++;
        }

        if (revenueMicros is { } revenue)
            AddRevenue(touch, conversionMicros, revenue, foreign);
        if (net)
            converted.NetByConversion++;
        var campaign = catalogue.Campaigns[touch.Campaign];
        if (campaign.Pricing == PricingModel.PerAction && campaign.IsPrimary(kind))
            Bill(ref converted, campaign.RateAt(conversionMicros), net);
    }

    /// <summary>Takes revenue back from the last touch of a conversion, on the adjustment's date and on the
    /// touch's.</summary>
    public void TakeBack(in Touch touch, long adjustmentMicros, long amountMicros, bool foreign) =>
        AddRevenue(touch, adjustmentMicros, amountMicros, foreign);

    public void Write(string root)
    {
        using var file = new LineFile(root, _ => "truth/campaigns.csv", Header(), long.MaxValue, gzip: false);
        foreach (var campaign in catalogue.Campaigns)
        {
            for (var day = 0; day < _days; day++)
            {
                var cell = _cells[campaign.Index * _days + day];
                if (cell.Equals(default(Cell)))
                    continue;
                if (!cell.Own().Equals(default(Cell)))
                    WriteRow(file, campaign, day, campaign.Currency, cell);
                if (cell.HasForeign)
                    WriteRow(file, campaign, day, Catalogue.ForeignCurrency, cell.Foreign());
            }
        }
    }

    private static void WriteRow(
        LineFile file,
        CampaignProfile campaign,
        int day,
        ReadOnlySpan<byte> currency,
        in Cell cell
    )
    {
        var row =
            $"{Encoding.UTF8.GetString(campaign.Id)},{campaign.Calendar.DateOf(day):yyyy-MM-dd},"
            + $"{Encoding.UTF8.GetString(currency)},{cell.Text()}\n";
        file.Begin(row.Length * 2).Append(Encoding.UTF8.GetBytes(row));
        file.Commit();
    }

    private static byte[] Header() =>
        Encoding.UTF8.GetBytes(
            "campaign_id,local_date,currency,impressions,clicks,tagged_conversions,"
                + "click_conversions_by_conversion,view_conversions_by_conversion,click_conversions_by_interaction,"
                + "view_conversions_by_interaction,revenue_by_conversion_micros,revenue_by_interaction_micros,"
                + "media_cost_micros,gross_spend_micros,spend_micros,invalid_impressions,invalid_clicks,net_conversions_by_conversion\n"
        );

    private void AddRevenue(in Touch touch, long micros, long revenueMicros, bool foreign)
    {
        ref var earned = ref At(touch.Campaign, micros);
        ref var interacted = ref At(touch.Campaign, touch.TimeMicros);
        if (foreign)
        {
            (earned.HasForeign, interacted.HasForeign) = (true, true);
            earned.ForeignByConversionMicros += revenueMicros;
            interacted.ForeignByInteractionMicros += revenueMicros;
            return;
        }

        earned.RevenueByConversionMicros += revenueMicros;
        interacted.RevenueByInteractionMicros += revenueMicros;
    }

    private void AddCost(ref Cell cell, int campaign, long costMicros)
    {
        if (costMicros < 0)
            return;
        cell.MediaCostMicros += costMicros;
        if (catalogue.Campaigns[campaign].Pricing == PricingModel.None)
            Bill(ref cell, costMicros, net: true);
    }

    private static void Bill(ref Cell cell, long micros, bool net)
    {
        cell.GrossSpendMicros += micros;
        if (net)
            cell.SpendMicros += micros;
    }

    private ref Cell At(int campaign, long timeMicros) =>
        ref _cells[campaign * _days + catalogue.Campaigns[campaign].Calendar.DayOf(timeMicros)];

    private record struct Cell
    {
        public long Impressions;
        public long Clicks;
        public long TaggedConversions;
        public long ClickByConversion;
        public long ViewByConversion;
        public long ClickByInteraction;
        public long ViewByInteraction;
        public long RevenueByConversionMicros;
        public long RevenueByInteractionMicros;
        public long MediaCostMicros;
        public long GrossSpendMicros;
        public long SpendMicros;
        public long InvalidImpressions;
        public long InvalidClicks;
        public long NetByConversion;
        public bool HasForeign;
        public long ForeignByConversionMicros;
        public long ForeignByInteractionMicros;

        /// <summary>Without what stands in the row of the other currency.</summary>
        public readonly Cell Own() =>
            this with
            {
                HasForeign = false,
                ForeignByConversionMicros = 0,
                ForeignByInteractionMicros = 0,
            };

        /// <summary>What stands in the row of the other currency.</summary>
        public readonly Cell Foreign() =>
            new()
            {
                RevenueByConversionMicros = ForeignByConversionMicros,
                RevenueByInteractionMicros = ForeignByInteractionMicros,
            };

        public readonly string Text() =>
            string.Join(
                ',',
                Impressions,
                Clicks,
                TaggedConversions,
                ClickByConversion,
                ViewByConversion,
                ClickByInteraction,
                ViewByInteraction,
                RevenueByConversionMicros,
                RevenueByInteractionMicros,
                MediaCostMicros,
                GrossSpendMicros,
                SpendMicros,
                InvalidImpressions,
                InvalidClicks,
                NetByConversion
            );
    }
}
