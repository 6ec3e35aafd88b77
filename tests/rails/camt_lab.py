"""Real-shaped camt.053 files, made by code: what a bank would send for these transfers.

`make_camt([Transfer(2500, ref="RF…"), Batch((…,)), …], version="08")` gives the bytes; balances are computed,
so the file adds up unless told otherwise. The shape follows the version: status, parties and amounts moved.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

IBAN = "DE89370400440532013000"
DAY = dt.date(2022, 1, 18)


@dataclass(frozen=True)
class Transfer:
    """One movement in minor units of two decimals."""

    minor: int
    ref: str = ""
    text: str = ""
    payer: str = "Mina Example"
    day: dt.date = DAY
    value: dt.date | None = None
    credit: bool = True
    end_to_end: str = "NOTPROVIDED"
    own: str = ""
    returned: bool = False
    reversal: bool = False
    status: str = "BOOK"
    structured: bool = True
    foreign: str = ""  # ("USD", minor) it was sent in, as "USD 12.34"
    details: bool = True


@dataclass(frozen=True)
class Batch:
    """Several transfers that the bank books as one entry."""

    parts: tuple[Transfer, ...]
    day: dt.date = DAY
    own: str = ""
    total: int | None = None
    details: bool = True
    status: str = "BOOK"
    credit: bool = field(default=True)

    @property
    def minor(self) -> int:
        signed = sum(part.minor if part.credit == self.credit else -part.minor for part in self.parts)
        return signed if self.total is None else self.total


def _amount(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02}"


def _mark(credit: bool) -> str:
    return "<CdtDbtInd>CRDT</CdtDbtInd>" if credit else "<CdtDbtInd>DBIT</CdtDbtInd>"


def _details(one: Transfer, version: int, currency: str) -> str:
    refs = f"<AcctSvcrRef>{escape(one.own)}</AcctSvcrRef>" if one.own else ""
    refs = f"<Refs>{refs}<EndToEndId>{escape(one.end_to_end)}</EndToEndId></Refs>"
    amount = f'<Amt Ccy="{currency}">{_amount(one.minor)}</Amt>'
    sent = ""
    if one.foreign:
        code, value = one.foreign.split()
        sent = f'<InstdAmt><Amt Ccy="{code}">{value}</Amt></InstdAmt>'
    if version >= 4:
        money = f"{amount}{_mark(one.credit)}" + (f"<AmtDtls>{sent}</AmtDtls>" if sent else "")
    else:
        money = f"<AmtDtls>{sent}<TxAmt>{amount}</TxAmt></AmtDtls>"
    code = "<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd>"
    name = f"<Nm>{escape(one.payer)}</Nm>"
    party = f"<Pty>{name}</Pty>" if version >= 8 else name
    parties = f"<RltdPties><Dbtr>{party}</Dbtr></RltdPties>"
    remittance = ""
    if one.ref and one.structured:
        kind = "<Tp><CdOrPrtry><Cd>SCOR</Cd></CdOrPrtry></Tp>"
        remittance = f"<Strd><CdtrRefInf>{kind}<Ref>{escape(one.ref)}</Ref></CdtrRefInf></Strd>"
    free = " ".join(filter(None, (one.text, "" if one.structured else one.ref)))
    free = "".join(f"<Ustrd>{escape(free[at : at + 140])}</Ustrd>" for at in range(0, len(free), 140))
    remittance = f"<RmtInf>{free}{remittance}</RmtInf>" if free or remittance else ""
    returned = "<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>" if one.returned else ""
    return f"<TxDtls>{refs}{money}{code}{parties}{remittance}{returned}</TxDtls>"


def _entry(one: Transfer | Batch, number: int, version: int, currency: str) -> str:
    status = f"<Sts><Cd>{one.status}</Cd></Sts>" if version >= 7 else f"<Sts>{one.status}</Sts>"
    reversal = "<RvslInd>true</RvslInd>" if isinstance(one, Transfer) and one.reversal else ""
    value = (one.value if isinstance(one, Transfer) else None) or one.day
    own = f"<AcctSvcrRef>{escape(one.own)}</AcctSvcrRef>" if one.own else ""
    if isinstance(one, Batch):
        inner = "".join(_details(part, version, currency) for part in one.parts) if one.details else ""
        inner = f"<Btch><NbOfTxs>{len(one.parts)}</NbOfTxs></Btch>{inner}"
    else:
        inner = _details(one, version, currency) if one.details else ""
    return (
        f'<Ntry><NtryRef>{number}</NtryRef><Amt Ccy="{currency}">{_amount(one.minor)}</Amt>'
        f"{_mark(one.credit)}{reversal}{status}<BookgDt><Dt>{one.day}</Dt></BookgDt>"
        f"<ValDt><Dt>{value}</Dt></ValDt>{own}"
        "<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd>"
        f"<NtryDtls>{inner}</NtryDtls></Ntry>"
    )


def _balance(code: str, minor: int, day: dt.date, currency: str) -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
        f'<Amt Ccy="{currency}">{_amount(abs(minor))}</Amt>{_mark(minor >= 0)}<Dt><Dt>{day}</Dt></Dt></Bal>'
    )


def make_statement(
    entries, version="08", iban=IBAN, currency="EUR", opening=100_000, closing=None, since=DAY, upto=DAY, ident="1"
) -> str:
    """One <Stmt>."""
    booked = [one for one in entries if one.status == "BOOK"]
    if closing is None:
        closing = opening + sum(one.minor if one.credit else -one.minor for one in booked)
    body = "".join(_entry(one, number, int(version), currency) for number, one in enumerate(entries, 1))
    return (
        f"<Stmt><Id>{ident}</Id><CreDtTm>{upto}T23:59:00</CreDtTm>"
        f"<Acct><Id><IBAN>{iban}</IBAN></Id><Ccy>{currency}</Ccy></Acct>"
        f"{_balance('OPBD', opening, since, currency)}{_balance('CLBD', closing, upto, currency)}{body}</Stmt>"
    )


def wrap(statements: str, version: str = "08", encoding: str = "utf-8", message: str = "camt.053.001") -> bytes:
    """The document around statements."""
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?>\n'
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:{message}.{version}"><BkToCstmrStmt>'
        f"<GrpHdr><MsgId>M1</MsgId><CreDtTm>{DAY}T23:59:00</CreDtTm></GrpHdr>{statements}"
        "</BkToCstmrStmt></Document>"
    )
    return text.encode(encoding)


def make_camt(entries, version="08", encoding="utf-8", **kwargs) -> bytes:
    """A whole file with one statement of these transfers and batches."""
    return wrap(make_statement(entries, version, **kwargs), version, encoding)
